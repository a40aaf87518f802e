// HTTP/1.1 over one kept loopback connection; every failure ends the program with a line on it.
#ifndef CONFIG_PROBE_H
#define CONFIG_PROBE_H

#include <stdbool.h>
#include <stddef.h>

struct wire {
    int socket;
    size_t filled;
    size_t head; // length of the answer's head
    char bytes[65536];
};

struct wire wire_to(int port);
void wire_send(struct wire *wire, const char *request);
// The status of the next answer, which must tell its length.
int wire_answer(struct wire *wire);
// The body of the last answer.
const char *wire_body(const struct wire *wire);

#endif
