/*
 * quantity.h: Kubernetes quantities: "100m", "128Mi", "1.5Gi", "1e3".
 *
 * As apimachinery's pkg/api/resource: a decimal number and a suffix, binary (Ki Mi Gi Ti Pi Ei),
 * decimal (n u m, none, k M G T P E) or an exponent (e3, E3). The API server writes a quantity
 * back in canonical form, so what is not canonical is a difference for ever after; we emit
 * the canonical form.
 */
#ifndef MANIFEST_QUANTITY_H
#define MANIFEST_QUANTITY_H

#include "base/buf.h"

enum quantity_form { QUANTITY_BINARY, QUANTITY_DECIMAL, QUANTITY_EXPONENT };

/* Not negative, at most 2^63 - 1, and exact: what is finer than 1n is refused. */
struct quantity {
    unsigned __int128 nano; /* the value times 10^9 */
    enum quantity_form form;
};

must_use bool quantity_parse(struct span text, struct quantity *q);

/* -1, 0 or 1. */
int quantity_compare(const struct quantity *a, const struct quantity *b);

/* True when the value is a multiple of one n-th: 1 for whole bytes, 1000 for whole millis. */
bool quantity_is_multiple(const struct quantity *q, unsigned parts);

/* Appends the canonical form: "1" for 1000m, "1536Mi" for 1.5Gi, "500m" for 0.5. */
void quantity_add(struct buf *b, const struct quantity *q);

#endif
