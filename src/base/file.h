/*
 * file.h: files, read whole and written whole.
 *
 * Every call here finishes what it began: interrupted and short system calls are continued.
 * The visit log has rules of its own for short writes and does not use file_write_all.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/arena.h"

/* Reads a whole file (or, for the path "-", standard input) into the arena, with a NUL behind
 * it that the span does not count. A file over `max_bytes`, a directory or an unreadable file
 * is an ERR_REQUEST error that names the path. */
must_use bool file_read(struct arena *a, const char *path, size_t max_bytes, struct span *content,
                        struct err *err);

/* Puts a file of this content in the place of `path`, readable by everyone: whoever reads it sees
 * the old or the new one whole, also after a power cut. */
must_use bool file_replace(const char *path, struct span content, struct err *err);

/* Writes all bytes; false with errno set when that fails (EPIPE, ENOSPC...). */
must_use bool file_write_all(int fd, struct span bytes);

/* fsync of the directory that holds `path`, so that a created or renamed name survives a power
 * cut (fsync(2), last paragraph of DESCRIPTION). -1 with errno set, or 0. */
must_use int file_sync_directory(const char *path);

#endif
