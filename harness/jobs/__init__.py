"""Jobs: the worker, the engines, the store of results and the display."""
