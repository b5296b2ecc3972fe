/* Preloaded, it makes the system's resolver one that never answers, and sends DNS queries to DNS_PORT of this machine. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
  (void)node, (void)service, (void)hints, (void)found;
  sleep(30);
  return EAI_AGAIN;
}

int connect(int socket, const struct sockaddr *address, socklen_t length) {
  int (*original)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");
  const char *port = getenv("DNS_PORT");
  const struct sockaddr_in *internet = (const struct sockaddr_in *)address;
  if (port == NULL || address->sa_family != AF_INET || ntohs(internet->sin_port) != 53)
    return original(socket, address, length);
  struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return original(socket, (const struct sockaddr *)&local, sizeof local);
}
