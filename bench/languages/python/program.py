"""OpenTelemetry's SDK for Python with its batch processor, and an exporter that counts. Each line on stdin has a number of spans;
the answer is what one of them took in ns, and how many were exported of all rounds."""

import json
import sys
import time

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

# Holds a whole round: its default of 2,048 would drop most of it.
MAX_QUEUE_SIZE = 200_000

NAMES = [f"job:{step}" for step in "load weld normalise inspect measure assemble format write".split()]
SCENES = [f"scene_{i}" for i in range(8)]


class CountingExporter(SpanExporter):
    exported = 0

    def export(self, spans):
        self.exported += len(spans)
        return SpanExportResult.SUCCESS


def main():
    exporter = CountingExporter()
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=MAX_QUEUE_SIZE))
    tracer = provider.get_tracer("bench")
    for line in sys.stdin:
        spans = int(line)
        start = time.perf_counter_ns()
        record(tracer, spans)
        ns = (time.perf_counter_ns() - start) / spans
        provider.force_flush()
        print(json.dumps({"ns": ns, "exported": exporter.exported}), flush=True)


def record(tracer, spans):
    for i in range(spans):
        with tracer.start_as_current_span(NAMES[i & 7]) as span:
            span.set_attribute("scene.id", SCENES[i & 7])
            span.set_attribute("pipeline.step", "regen3d")
            span.set_attribute("mesh.format", "obj")
            span.set_attribute("mesh.vertices", i)
            span.set_attribute("mesh.closed", True)


main()
