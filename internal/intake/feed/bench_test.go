package feed

import (
	"strings"
	"testing"
)

// A state's year is some 10,000 cases; a nation's first load is this.
const benchRows = 100_000

func BenchmarkReadDaybook(b *testing.B) {
	for name, file := range map[string]string{
		"JSON": strings.Repeat(daybookJSON+"\n", benchRows),
		"CSV":  daybookHeader + strings.Repeat(daybookCSV, benchRows),
	} {
		b.Run(name, func(b *testing.B) {
			count(b, file, func() (rows int) {
				for _, err := range ReadDaybook(strings.NewReader(file), knownCourt) {
					if err != nil {
						b.Fatal(err)
					}
					rows++
				}
				return rows
			})
		})
	}
}

func BenchmarkReadRegistry(b *testing.B) {
	header, row, _ := strings.Cut(registryCSV, "\n")
	for name, file := range map[string]string{
		"JSON": strings.Repeat(registryJSON+"\n", benchRows),
		"CSV":  header + "\n" + strings.Repeat(row, benchRows),
	} {
		b.Run(name, func(b *testing.B) {
			count(b, file, func() (rows int) {
				for _, err := range ReadRegistry(strings.NewReader(file)) {
					if err != nil {
						b.Fatal(err)
					}
					rows++
				}
				return rows
			})
		})
	}
}

func count(b *testing.B, file string, read func() int) {
	b.ReportAllocs()
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		if rows := read(); rows != benchRows {
			b.Fatalf("%d rows", rows)
		}
	}
	b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s")
}

// What a row costs in memory does not grow with the file.
func TestAllocationsPerRow(t *testing.T) {
	file := strings.Repeat(registryJSON+"\n", 1000)
	perRow := testing.AllocsPerRun(3, func() {
		if good, bad := collect(ReadRegistry(strings.NewReader(file))); len(good) != 1000 || bad != nil {
			t.Fatal(bad)
		}
	}) / 1000
	if perRow > 40 {
		t.Errorf("%.1f allocations a row", perRow)
	}
}
