#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

static void usage(const char *why) {
    fprintf(stderr,
            "webhook-load: %s\n"
            "usage: webhook-load --port N[,N…] --secret APPSECRET [--path /api/integrations/whatsapp/bench-{t}]\n"
            "  [--number PHONE_NUMBER_ID] [--text TEXT] [--count N] [--connections N] [--tenants N] [--phones N]\n"
            "  [--phone-base N] [--wamid PREFIX] [--rate PER_SECOND] [--retry] [--accepted FILE] [--progress N]\n"
            "  [--timeout MS] [--give-up SECONDS]\n"
            "{t}, {p} and {n} stand for the index of tenant, customer and message.\n"
            "SIGUSR1: leaves the first port, as a balancer does. SIGTERM: finishes what is under way and reports.\n",
            why);
    exit(64);
}

static double number(const char *text, double least, double most, const char *name) {
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || value < least || value > most) usage(name);
    return value;
}

struct options read_options(int argc, char **argv) {
    struct options options = {
        .path = "/api/integrations/whatsapp/bench-{t}",
        .number = "10654035224{t}",
        .text = "Question {n}: what are your opening hours on a public holiday, and may I bring my dog?",
        .wamid_prefix = "load",
        .count = 1000,
        .tenants = 1,
        .phones = MAX_MESSAGES,
        .phone_base = 491510000000,
        .give_up_seconds = 60,
        .timeout_ms = 15000,
        .connections = 32,
    };
    static const struct option names[] = {
        {"port", required_argument, 0, 'p'},      {"path", required_argument, 0, 'a'},
        {"secret", required_argument, 0, 's'},    {"number", required_argument, 0, 'N'},
        {"text", required_argument, 0, 't'},      {"count", required_argument, 0, 'c'},
        {"connections", required_argument, 0, 'k'}, {"tenants", required_argument, 0, 'T'},
        {"phones", required_argument, 0, 'P'},    {"phone-base", required_argument, 0, 'B'},
        {"wamid", required_argument, 0, 'w'},     {"rate", required_argument, 0, 'r'},
        {"retry", no_argument, 0, 'R'},           {"accepted", required_argument, 0, 'A'},
        {"progress", required_argument, 0, 'g'},  {"timeout", required_argument, 0, 'm'},
        {"give-up", required_argument, 0, 'u'},   {0, 0, 0, 0},
    };
    int flag;
    while ((flag = getopt_long(argc, argv, "", names, NULL)) != -1) {
        switch (flag) {
        case 'p':
            for (char *part = strtok(optarg, ","); part; part = strtok(NULL, ",")) {
                if (options.port_count == MAX_PORTS) usage("too many ports");
                options.ports[options.port_count++] = (int)number(part, 1, 65535, "--port");
            }
            break;
        case 'a': options.path = optarg; break;
        case 's': options.secret = optarg; break;
        case 'N': options.number = optarg; break;
        case 't': options.text = optarg; break;
        case 'c': options.count = (long)number(optarg, 1, MAX_MESSAGES, "--count"); break;
        case 'k': options.connections = (int)number(optarg, 1, MAX_CONNECTIONS, "--connections"); break;
        case 'T': options.tenants = (long)number(optarg, 1, MAX_TENANTS, "--tenants"); break;
        case 'P': options.phones = (long)number(optarg, 1, MAX_MESSAGES, "--phones"); break;
        case 'B': options.phone_base = (long long)number(optarg, 1, 1e14, "--phone-base"); break;
        case 'w': options.wamid_prefix = optarg; break;
        case 'r': options.rate = number(optarg, 0.1, 1e6, "--rate"); break;
        case 'R': options.retry = true; break;
        case 'A': options.accepted_file = optarg; break;
        case 'g': options.progress = (long)number(optarg, 1, MAX_MESSAGES, "--progress"); break;
        case 'm': options.timeout_ms = (long)number(optarg, 1, 600000, "--timeout"); break;
        case 'u': options.give_up_seconds = number(optarg, 1, 3600, "--give-up"); break;
        default: usage("unknown option");
        }
    }
    if (optind != argc) usage("unexpected argument");
    if (!options.port_count || !options.secret) usage("--port and --secret are needed");
    if (strlen(options.path) > 400 || strlen(options.text) > 3000 || strlen(options.number) > 64 ||
        strlen(options.wamid_prefix) > 48)
        usage("too long a text");
    return options;
}
