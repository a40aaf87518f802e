"""From an OpenRPC document to typed clients. Run by `Clients/generate`."""
