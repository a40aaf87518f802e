// A load of signed WhatsApp webhooks over keep-alive loopback connections: prepared beforehand, sent with little CPU.
#ifndef WEBHOOK_LOAD_H
#define WEBHOOK_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_PORTS = 16, MAX_CONNECTIONS = 1024, MAX_MESSAGES = 400000, MAX_TENANTS = 1000 };

struct options {
    int ports[MAX_PORTS];
    int port_count;
    // In these three, {t} is the tenant's index, {n} the message's, {p} the customer's.
    const char *path;
    const char *number;
    const char *text;
    const char *secret;
    const char *wamid_prefix;
    const char *accepted_file;
    long count;
    long tenants;
    long phones;
    long long phone_base;
    long progress;
    double rate;
    double give_up_seconds;
    long timeout_ms;
    int connections;
    bool retry;
};

// Ends the program with 64 and a line on what is wrong.
struct options read_options(int argc, char **argv);

// The requests, whole, as they go over the wire.
struct bodies {
    char *bytes;
    uint64_t *offsets; // count + 1
    long count;
};

struct bodies make_bodies(const struct options *options);
void write_wamid(const struct options *options, long message, char *out, size_t size);
long tenant_of(const struct options *options, long message);
long long phone_of(const struct options *options, long message);

struct results {
    long statuses[600];
    long answered;
    long connection_errors;
    long lost;
    long retried;
    long without_retry_after;
    uint64_t slowest_503_us;
    uint32_t *latencies_us; // of the 200s
    long latency_count;
    double seconds;
    bool gave_up;
};

void print_results(struct results *results, const struct options *options);

// Sends every request; returns when all have a final answer, on SIGTERM, or when nobody answers any more.
void run_load(const struct options *options, const struct bodies *bodies, struct results *results);

// A finding in a response's head.
struct answer {
    int status; // 0: not complete yet; -1: not HTTP
    size_t length; // of head and body
    bool closes;
    int retry_after; // seconds; -1: none
};

struct answer read_answer(const char *bytes, size_t count);

#endif
