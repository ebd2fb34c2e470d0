#!/bin/sh
# What `make run` says before the server starts.
cat <<'END'

The server listens on http://localhost:8080/ and, for the cluster, on http://localhost:9090/.
It logs to data/visits.log. Try, in another terminal:

    curl http://localhost:8080/            a visit, counted
    curl http://localhost:8080/visits      how many there were
    cat data/visits.log                    the log itself
    curl http://localhost:9090/readyz      can visits be logged?
    build/app --emit                       the manifests for Kubernetes

Ctrl-C drains for 5 s and ends it; a second Ctrl-C ends it at once.

END
