package demo

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
)

//go:embed text
var files embed.FS

// texts are the words of the year.
type texts struct {
	groups  []group
	streets []string
	// thousands are how many live in the towns that are named.
	thousands map[string]int
	remarks   map[string][]string
}

// group are names that are given together.
type group struct {
	share         int
	given, family []string
}

func readTexts() (*texts, error) {
	t := &texts{thousands: map[string]int{}, remarks: map[string][]string{}}
	for name, read := range map[string]func(line string) bool{
		"names.txt":   t.readName,
		"streets.txt": func(line string) bool { t.streets = append(t.streets, line); return true },
		"towns.txt":   t.readTown,
		"remarks.txt": t.readRemark,
	} {
		all, err := files.ReadFile("text/" + name)
		if err != nil {
			return nil, fmt.Errorf("reading the demonstration's words: %w", err)
		}
		n := 0
		for line := range strings.Lines(string(all)) {
			n++
			if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			if !read(line) {
				return nil, fmt.Errorf("reading the demonstration's words: %s:%d cannot be understood", name, n)
			}
		}
	}
	return t, nil
}

func (t *texts) readName(line string) bool {
	what, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	if what == "share" {
		share, err := strconv.Atoi(rest)
		t.groups = append(t.groups, group{share: share})
		return err == nil
	}
	if len(t.groups) == 0 {
		return false
	}
	g := &t.groups[len(t.groups)-1]
	switch what {
	case "given":
		g.given = strings.Split(rest, ", ")
	case "family":
		g.family = strings.Split(rest, ", ")
	default:
		return false
	}
	return true
}

func (t *texts) readTown(line string) bool {
	space := strings.LastIndexByte(line, ' ')
	if space < 0 {
		return false
	}
	thousands, err := strconv.Atoi(line[space+1:])
	t.thousands[line[:space]] = thousands
	return err == nil
}

func (t *texts) readRemark(line string) bool {
	what, remark, found := strings.Cut(line, ": ")
	t.remarks[what] = append(t.remarks[what], remark)
	return found
}
