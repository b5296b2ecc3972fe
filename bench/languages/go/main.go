// OpenTelemetry's SDK for Go with its batch processor, and an exporter that counts. Each line on stdin has a number of spans; the
// answer is what one of them took in ns, and how many were exported of all rounds.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Holds a whole round: its default of 2,048 would drop most of it.
const maxQueueSize = 200_000

var names = [8]string{
	"job:load", "job:weld", "job:normalise", "job:inspect", "job:measure", "job:assemble", "job:format", "job:write",
}

var scenes = [8]string{"scene_0", "scene_1", "scene_2", "scene_3", "scene_4", "scene_5", "scene_6", "scene_7"}

type countingExporter struct{ exported atomic.Int64 }

func (e *countingExporter) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	e.exported.Add(int64(len(spans)))
	return nil
}

func (e *countingExporter) Shutdown(context.Context) error { return nil }

func main() {
	exporter := &countingExporter{}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter, sdktrace.WithMaxQueueSize(maxQueueSize)),
	)
	tracer := provider.Tracer("bench")
	background := context.Background()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		spans, err := strconv.Atoi(lines.Text())
		if err != nil {
			panic(err)
		}
		start := time.Now()
		for i := 0; i < spans; i++ {
			// In Go the context is handed on: inside it the span is current.
			ctx, _ := tracer.Start(background, names[i&7])
			one(ctx, i)
		}
		ns := float64(time.Since(start).Nanoseconds()) / float64(spans)
		if err := provider.ForceFlush(background); err != nil {
			panic(err)
		}
		fmt.Printf("{\"ns\":%f,\"exported\":%d}\n", ns, exporter.exported.Load())
	}
}

//go:noinline
func one(ctx context.Context, i int) {
	span := trace.SpanFromContext(ctx)
	span.SetAttributes(
		attribute.String("scene.id", scenes[i&7]),
		attribute.String("pipeline.step", "regen3d"),
		attribute.String("mesh.format", "obj"),
		attribute.Int("mesh.vertices", i),
		attribute.Bool("mesh.closed", true),
	)
	span.End()
}
