package bench

import (
	"context"
	"io"
	"time"

	"github.com/service-tracking/sts/internal/store"
)

// Options say what is measured, and how.
type Options struct {
	Size Size
	Seed uint64
	// Cache is the directory in which the data are kept for the next run.
	Cache string
	// Connections are how many ask at once; each asks its next question when
	// it has the answer to the last.
	Connections int
	// Pass is how long one side is asked one question at a stretch, Passes how
	// often. The sides take turns, so that what else the machine does, and how
	// warm it is, meets both.
	Pass   time.Duration
	Passes int
	// Only names the questions to ask; empty: all.
	Only []string
	// MemoryMiB is the memory limit of both servers, in place of GOGC.
	MemoryMiB int
	// Profile, if set, is a directory for a CPU profile of the program under
	// each question.
	Profile string

	// Program is this program: it is started again as both servers.
	Program string
	// Prepare brings an empty database to what the program needs.
	Prepare func(context.Context, *store.Store) error
	Out     io.Writer
}
