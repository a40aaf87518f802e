#define _GNU_SOURCE
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "load.h"

// The value of a header in a head that ends with a NUL; NULL where it is missing.
static const char *header(const char *head, const char *name) {
    const char *found = strcasestr(head, name);
    return found ? found + strlen(name) : NULL;
}

struct answer read_answer(const char *bytes, size_t count) {
    struct answer answer = {.retry_after = -1};
    char head[2048];
    const char *end = memmem(bytes, count, "\r\n\r\n", 4);
    if (!end) {
        if (count >= sizeof head) answer.status = -1;
        return answer;
    }
    size_t head_length = (size_t)(end - bytes) + 4;
    if (head_length >= sizeof head || memcmp(bytes, "HTTP/1.1 ", 9) != 0 || !isdigit(bytes[9])) {
        answer.status = -1;
        return answer;
    }
    memcpy(head, bytes, head_length);
    head[head_length] = 0;
    int status = atoi(bytes + 9);
    const char *length = header(head, "\r\ncontent-length:");
    const char *retry = header(head, "\r\nretry-after:");
    const char *connection = header(head, "\r\nconnection:");
    if (retry) answer.retry_after = atoi(retry);
    if (connection && strncasecmp(connection + strspn(connection, " "), "close", 5) == 0) answer.closes = true;
    if (length) {
        answer.length = head_length + strtoul(length, NULL, 10);
    } else if (header(head, "\r\ntransfer-encoding: chunked")) {
        const char *last = memmem(end + 2, count - head_length + 2, "\r\n0\r\n\r\n", 7);
        if (!last) return answer;
        answer.length = (size_t)(last - bytes) + 7;
    } else {
        answer.length = head_length;
    }
    if (count >= answer.length) answer.status = status >= 100 && status < 600 ? status : -1;
    return answer;
}
