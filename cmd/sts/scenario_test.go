package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/service-tracking/sts/internal/terms"
)

// A scenario is an archive of text files: what the feeds bring (daybook,
// registry), and steps. A step is "NN account.graphql" (account "anonymous"
// signs nobody in), its variables "NN.variables", and what is answered,
// "NN.answer". In an answer "*" stands for any value that is not null, and
// "$name" keeps the value for later steps. {{-20m}} is a time before now, and
// {{day -20m}} the court day on which it falls.
//
// §9(a)(2): what each role may ask is what these files say. §3(a), §7(a), §7(d):
// how to reach the registry section and the help desk is answered to anyone.
// §3(d), §4(b), §5(b), §5(c): what needs a person stands on the board, and on
// hearing morning on the calendar.
//
// The files policy-4 to policy-7 follow the policy step by step, with the API
// alone, and make each mistake on the way: §4(b) to (i), §5(b), §5(d) to (i),
// §6(a) to (c), §7(b)(1), §7(b)(2), §7(b)(3), §7(b)(4), §7(b)(5), §7(c).
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/scenarios/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	i := install(t)
	i.cases = 1 // for the accounts: what lists and boards show are the files' own cases
	i.serve()
	tokens := map[string]string{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			now := time.Now() // of this file: its steps count minutes
			s := &scenario{t: t, i: i, tokens: tokens, kept: map[string]string{}, parts: map[string]string{}}
			for _, f := range archive.Files {
				s.parts[f.Name] = fillTimes(string(f.Data), now)
			}
			s.play()
		})
	}
}

type scenario struct {
	t      *testing.T
	i      *installation
	tokens map[string]string
	kept   map[string]string
	parts  map[string]string
}

var relative = regexp.MustCompile(`\{\{(day )?(-?[0-9a-z]+)\}\}`)

func fillTimes(text string, now time.Time) string {
	return relative.ReplaceAllStringFunc(text, func(m string) string {
		parts := relative.FindStringSubmatch(m)
		d, err := time.ParseDuration(parts[2])
		if err != nil {
			return m
		}
		if parts[1] != "" {
			return string(terms.DateOf(now.Add(d)))
		}
		return now.Add(d).UTC().Format("2006-01-02T15:04:05Z")
	})
}

func (s *scenario) play() {
	s.i.t = s.t
	for _, kind := range []string{"daybook", "registry"} {
		if rows := s.parts[kind]; rows != "" {
			s.i.importFeed(kind, rows)
		}
	}
	var steps []string
	for name := range s.parts {
		if strings.HasSuffix(name, ".graphql") {
			steps = append(steps, name)
		}
	}
	sort.Strings(steps)
	for _, name := range steps {
		number, account, _ := strings.Cut(strings.TrimSuffix(name, ".graphql"), " ")
		s.step(name, number, account)
	}
}

func (s *scenario) step(name, number, account string) {
	s.t.Helper()
	variables := s.parts[number+".variables"]
	for key, value := range s.kept {
		variables = strings.ReplaceAll(variables, `"$`+key+`"`, `"`+value+`"`)
	}
	body := map[string]any{"query": s.parts[name]}
	if variables != "" {
		body["variables"] = json.RawMessage(variables)
	}
	got := s.post(account, body)
	var want any
	if err := json.Unmarshal([]byte(s.parts[number+".answer"]), &want); err != nil {
		s.t.Fatalf("%s: the expected answer: %v", name, err)
	}
	if differences := s.compare("", want, got); len(differences) > 0 {
		pretty, _ := json.MarshalIndent(got, "", "  ")
		s.t.Fatalf("step %q:\n  %s\nanswered:\n%s", name, strings.Join(differences, "\n  "), pretty)
	}
}

func (s *scenario) post(account string, body any) any {
	s.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.i.url, bytes.NewReader(text))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if account != "anonymous" {
		if s.tokens[account] == "" {
			s.tokens[account] = s.i.token(account)
		}
		r.Header.Set("Authorization", "Bearer "+s.tokens[account])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal(answer, &got); err != nil {
		s.t.Fatalf("%s: %s", response.Status, answer)
	}
	return got
}

// compare tells where got is not what is wanted. Objects must have the wanted
// keys; of errors only what is wanted is compared.
func (s *scenario) compare(path string, want, got any) []string {
	differ := func() []string { return []string{fmt.Sprintf("%s: want %v, got %v", path, want, got)} }
	switch w := want.(type) {
	case string:
		if name, keep := strings.CutPrefix(w, "$"); keep {
			value, ok := got.(string)
			if !ok || s.kept[name] != "" && s.kept[name] != value {
				return differ()
			}
			s.kept[name] = value
			return nil
		}
		if w == "*" && got != nil || got == w {
			return nil
		}
		return differ()
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return differ()
		}
		var all []string
		for key, value := range w {
			all = append(all, s.compare(path+"."+key, value, g[key])...)
		}
		for key := range g {
			if _, known := w[key]; !known && !strings.HasPrefix(path, ".errors") {
				all = append(all, path+"."+key+" was not expected")
			}
		}
		return all
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return differ()
		}
		var all []string
		for n := range w {
			all = append(all, s.compare(fmt.Sprintf("%s[%d]", path, n), w[n], g[n])...)
		}
		return all
	}
	if want != got {
		return differ()
	}
	return nil
}
