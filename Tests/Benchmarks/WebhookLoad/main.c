#include <stdio.h>
#include <stdlib.h>

#include "load.h"

int main(int argc, char **argv) {
    struct options options = read_options(argc, argv);
    struct bodies bodies = make_bodies(&options);
    struct results results = {.latencies_us = calloc((size_t)options.count, sizeof(uint32_t))};
    if (!results.latencies_us) return 71;
    run_load(&options, &bodies, &results);
    print_results(&results, &options);
    return results.gave_up ? 1 : 0;
}
