"""The live page of what-ifs: one server on this machine's own address, one page, answers in stages."""
