#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "load.h"

static int ascending(const void *lhs, const void *rhs) {
    uint32_t left = *(const uint32_t *)lhs, right = *(const uint32_t *)rhs;
    return left < right ? -1 : left > right;
}

static double percentile(const struct results *results, double share) {
    if (!results->latency_count) return 0;
    long index = (long)(share * (double)(results->latency_count - 1) + 0.5);
    return results->latencies_us[index] / 1000.0;
}

void print_results(struct results *results, const struct options *options) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    qsort(results->latencies_us, (size_t)results->latency_count, sizeof(uint32_t), ascending);
    printf("{\"requests\":%ld,\"answered\":%ld,\"seconds\":%.3f,\"perSecond\":%.1f,\"statuses\":{", options->count,
           results->answered, results->seconds,
           results->seconds > 0 ? (double)results->answered / results->seconds : 0);
    bool first = true;
    for (int status = 0; status < 600; status++) {
        if (!results->statuses[status]) continue;
        printf("%s\"%d\":%ld", first ? "" : ",", status, results->statuses[status]);
        first = false;
    }
    printf("},\"connectionErrors\":%ld,\"lost\":%ld,\"retried\":%ld,\"without503RetryAfter\":%ld,"
           "\"slowest503Ms\":%.1f,\"p50Ms\":%.3f,\"p99Ms\":%.3f,\"maxMs\":%.3f,\"cpuSeconds\":%.3f,\"gaveUp\":%s}\n",
           results->connection_errors, results->lost, results->retried, results->without_retry_after,
           (double)results->slowest_503_us / 1000.0, percentile(results, 0.5), percentile(results, 0.99),
           percentile(results, 1), cpu, results->gave_up ? "true" : "false");
    fflush(stdout);
}
