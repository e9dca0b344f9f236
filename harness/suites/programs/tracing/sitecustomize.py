"""Starts tracing in every process of a traced run: Python imports this module by itself."""

import workbench_tracing

workbench_tracing.start()
