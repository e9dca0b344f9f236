"""Packet captures of exchanges: recorded, put together again, written, read, and judged.

Owns everything that is about packets. The rest of the lab sees sockets, and must not
know that there are packets below them. Writing goes ``recording`` (what a command uses)
→ ``sniffer`` or ``rebuilt`` → ``pcapng``; reading goes ``files`` → ``layers`` →
``conversations``, with ``streams`` and ``responses`` below → ``reading``.
"""
