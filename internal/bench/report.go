package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// Report is what was measured. Times are in microseconds, medians of the
// passes unless the name says other.
type Report struct {
	At          time.Time  `json:"at"`
	Machine     string     `json:"machine"`
	Go          string     `json:"go"`
	Database    string     `json:"database"`
	Cases       int        `json:"cases"`
	Activities  int        `json:"activities"`
	Connections int        `json:"connections"`
	Passes      int        `json:"passes"`
	PassSeconds float64    `json:"passSeconds"`
	MemoryMiB   int        `json:"memoryMiB"`
	Questions   []Measured `json:"questions"`
	Screens     []Screen   `json:"screens"`
}

// Screen is a question that one asks alone, waiting for each answer.
type Screen struct {
	Name    string  `json:"name"`
	About   string  `json:"about"`
	GraphQL Figures `json:"graphql"`
	// Within is the aim for half of the answers, 0 if none is set.
	Within float64 `json:"within,omitempty"`
}

// Measured is one question.
type Measured struct {
	Name    string  `json:"name"`
	About   string  `json:"about"`
	Raw     Figures `json:"raw"`
	GraphQL Figures `json:"graphql"`
	// Ratio is graphql : raw of processor time per request, server and
	// database together, of the medians; RatioOfLeast that of the passes with
	// the least.
	Ratio        float64 `json:"ratio"`
	RatioOfLeast float64 `json:"ratioOfLeast"`
	Aim          float64 `json:"aim,omitempty"`
}

// Figures are one side's.
type Figures struct {
	PerSecond     float64 `json:"requestsPerSecond"`
	PerSecondMost float64 `json:"requestsPerSecondMost"`
	P50Micro      float64 `json:"p50"`
	P99Micro      float64 `json:"p99"`
	ServerCPU     float64 `json:"serverCPU"`
	DatabaseCPU   float64 `json:"databaseCPU"`
	CPU           float64 `json:"cpu"`
	CPULeast      float64 `json:"cpuLeast"`
	// Others is the share of the machine that neither side, the database nor
	// the load generator used: 0.2 is a fifth, and then the figures are poor.
	Others float64 `json:"others"`
}

// figures sums up passes on a machine with that many processors.
func figures(passes []*pass, processors int) Figures {
	var perSecond, p50, p99, server, database, total, others []float64
	for _, p := range passes {
		n := float64(max(1, len(p.latencies)))
		perSecond = append(perSecond, n/p.took.Seconds())
		p50 = append(p50, micro(percentile(p.latencies, 50)))
		p99 = append(p99, micro(percentile(p.latencies, 99)))
		server = append(server, micro(p.used.server)/n)
		database = append(database, micro(p.used.database)/n)
		total = append(total, micro(p.used.server+p.used.database)/n)
		others = append(others, p.used.others().Seconds()/p.took.Seconds()/float64(processors))
	}
	f := Figures{
		PerSecond: median(perSecond), P50Micro: median(p50), P99Micro: median(p99),
		ServerCPU: median(server), DatabaseCPU: median(database), CPU: median(total), Others: median(others),
	}
	for i := range passes {
		f.PerSecondMost = max(f.PerSecondMost, perSecond[i])
		if i == 0 || total[i] < f.CPULeast {
			f.CPULeast = total[i]
		}
	}
	return f
}

func micro(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func measured(q question, raw, graphql Figures) Measured {
	m := Measured{Name: q.name, About: q.about, Raw: raw, GraphQL: graphql, Aim: q.aim}
	if raw.CPU > 0 && raw.CPULeast > 0 {
		m.Ratio, m.RatioOfLeast = graphql.CPU/raw.CPU, graphql.CPULeast/raw.CPULeast
	}
	return m
}

// Print writes the table.
func (r *Report) Print(w io.Writer) error {
	fmt.Fprintf(w, "\n%s · %s · %s\n%d cases, %d activities · %d connections · %d passes of %.3g s on each side, in turn · GOGC=off, memory limit %d MiB on both\n\n", //nolint:errcheck // tabwriter's error stands for all
		r.Machine, r.Go, r.Database, r.Cases, r.Activities, r.Connections, r.Passes, r.PassSeconds, r.MemoryMiB)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\t\treq/s\tp50\tp99\tserver CPU\tdatabase CPU\tboth (least)\tratio (of least)\taim\tothers\t") //nolint:errcheck // see above
	for _, m := range r.Questions {
		aim := "–"
		if m.Aim > 0 {
			aim = fmt.Sprintf("≤ %.1f", m.Aim)
		}
		line := func(name, side string, f Figures, ratio, aim string) {
			fmt.Fprintf(t, "%s\t%s\t%.0f\t%s\t%s\t%.0f µs\t%.0f µs\t%.0f (%.0f) µs\t%s\t%s\t%.0f %%\t\n", //nolint:errcheck // see above
				name, side, f.PerSecond, ms(f.P50Micro), ms(f.P99Micro), f.ServerCPU, f.DatabaseCPU, f.CPU, f.CPULeast, ratio, aim, 100*f.Others)
		}
		line(m.Name, "by hand", m.Raw, "", "")
		line("", "/graphql", m.GraphQL, fmt.Sprintf("%.2f (%.2f)", m.Ratio, m.RatioOfLeast), aim)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if err := r.printScreens(w); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, "\nPer request, medians of the passes. The ratio is of processor time, server and database together.\nothers: the share of the machine used by neither of these nor by who asks; above 10 % measure again.")
	for _, m := range r.Questions {
		fmt.Fprintf(w, "%-4s %s\n", m.Name, m.About) //nolint:errcheck // see above
	}
	for _, m := range r.Screens {
		fmt.Fprintf(w, "%-4s %s\n", m.Name, m.About) //nolint:errcheck // see above
	}
	return err
}

// printScreens writes the table of what one asks alone.
func (r *Report) printScreens(w io.Writer) error {
	if len(r.Screens) == 0 {
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\nasked by one alone\tp50\tp99\tserver CPU\tdatabase CPU\taim (p50)\tothers\t") //nolint:errcheck // tabwriter's error stands for all
	for _, m := range r.Screens {
		aim := "–"
		if m.Within > 0 {
			aim = "< " + ms(m.Within)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%.0f µs\t%.0f µs\t%s\t%.0f %%\t\n", m.Name, ms(m.GraphQL.P50Micro), ms(m.GraphQL.P99Micro), m.GraphQL.ServerCPU, m.GraphQL.DatabaseCPU, aim, 100*m.GraphQL.Others) //nolint:errcheck // see above
	}
	return t.Flush()
}

func ms(micro float64) string { return fmt.Sprintf("%.1f ms", micro/1000) }
