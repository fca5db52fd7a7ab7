package lawenforcement

import (
	"bytes"
	"encoding/xml"
	"os/exec"
	"strings"
	"testing"
)

// pdftotext reads a page back with another program than the one that wrote it.
func pdftotext(t *testing.T, pdf []byte, options ...string) []byte {
	t.Helper()
	path, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("SKIPPED: pdftotext is not installed (Debian: poppler-utils), so no page was read back")
	}
	cmd := exec.Command(path, append(options, "-", "-")...)
	cmd.Stdin = bytes.NewReader(pdf)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil || errs.Len() > 0 {
		t.Fatalf("pdftotext: %v, it says %q", err, errs.String())
	}
	return out.Bytes()
}

// pdfLines is the text of a page with single spaces, without empty lines.
func pdfLines(t *testing.T, pdf []byte) string {
	t.Helper()
	var lines []string
	for line := range strings.Lines(strings.Trim(string(pdftotext(t, pdf, "-layout")), "\f")) {
		if words := strings.Fields(line); len(words) > 0 {
			lines = append(lines, strings.Join(words, " "))
		}
	}
	return strings.Join(lines, "\n")
}

// word is a word and where it stands, in points from the top left.
type word struct {
	XMin float64 `xml:"xMin,attr"`
	YMin float64 `xml:"yMin,attr"`
	XMax float64 `xml:"xMax,attr"`
	YMax float64 `xml:"yMax,attr"`
	Text string  `xml:",chardata"`
}

func pdfWords(t *testing.T, pdf []byte) []word {
	t.Helper()
	var doc struct {
		Words []word `xml:"body>doc>page>word"`
	}
	if err := xml.Unmarshal(pdftotext(t, pdf, "-bbox"), &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Words
}
