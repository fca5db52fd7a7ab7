package main_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// built is the program, built once for all tests here.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "sts-e2e-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "sts")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := built(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// installation is one data directory, and the process that serves it.
type installation struct {
	t       *testing.T
	binary  string
	data    string
	cases   int // of the demonstration year
	url     string
	process *exec.Cmd
	output  *bytes.Buffer
}

func install(t *testing.T) *installation {
	t.Helper()
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return &installation{t: t, binary: binary, data: filepath.Join(t.TempDir(), "data"), cases: 30}
}

var listening = regexp.MustCompile(`http://(127\.0\.0\.1:\d+)/graphql`)

// serve starts the process and waits until it says where it listens.
func (i *installation) serve() {
	i.t.Helper()
	i.process = exec.Command(i.binary, "serve", "--demo", "--demo-cases", strconv.Itoa(i.cases), "--listen", "127.0.0.1:0", "--data", i.data)
	i.output = new(bytes.Buffer)
	i.process.Stderr = i.output
	stdout, err := i.process.StdoutPipe()
	if err != nil {
		i.t.Fatal(err)
	}
	if err := i.process.Start(); err != nil {
		i.t.Fatal(err)
	}
	process, output, t := i.process, i.output, i.t
	t.Cleanup(func() {
		process.Process.Kill()
		process.Wait()
		if t.Failed() {
			t.Logf("the server said:\n%s", output)
		}
	})
	found := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
		close(found)
	}()
	address, ok := <-found
	if !ok {
		i.process.Wait()
		i.t.Fatalf("the server ended before it listened:\n%s", i.output)
	}
	i.url = "http://" + address + "/graphql"
}

// kill ends the process without warning.
func (i *installation) kill() {
	i.t.Helper()
	if err := i.process.Process.Kill(); err != nil {
		i.t.Fatal(err)
	}
	i.process.Wait()
}

// sts runs a subcommand and answers what it printed and its exit status.
func (i *installation) sts(stdin string, args ...string) (string, int) {
	i.t.Helper()
	command := exec.Command(i.binary, args...)
	command.Env = append(os.Environ(), "STS_DATA="+i.data)
	command.Stdin = strings.NewReader(stdin)
	out, err := command.CombinedOutput()
	if err != nil && command.ProcessState == nil {
		i.t.Fatal(err)
	}
	return string(out), command.ProcessState.ExitCode()
}

func (i *installation) token(account string) string {
	i.t.Helper()
	out, code := i.sts("", "token", "--account", account)
	if code != 0 {
		i.t.Fatalf("sts token: %s", out)
	}
	return strings.TrimSpace(out)
}

func (i *installation) importFeed(kind, rows string) string {
	i.t.Helper()
	out, code := i.sts(rows, "import", kind, "-")
	if code != 0 {
		i.t.Fatalf("sts import %s ended with %d: %s", kind, code, out)
	}
	return out
}

func (i *installation) request(ctx context.Context, token, query string, variables map[string]any) (*http.Request, error) {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, i.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	return r, nil
}

// ask answers the data of a query, into data.
func (i *installation) ask(token, query string, variables map[string]any, data any) error {
	r, err := i.request(i.t.Context(), token, query, variables)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	var answer struct {
		Data   json.RawMessage
		Errors []json.RawMessage
	}
	if err := json.Unmarshal(text, &answer); err != nil || len(answer.Errors) > 0 {
		return fmt.Errorf("%s: %s", response.Status, text)
	}
	return json.Unmarshal(answer.Data, data)
}

// event is what the tests read of a subscription's events.
type event struct {
	Typename string `json:"__typename"`
	EventID  string
	Activity struct{ ID string }
	Delivery struct {
		ID, RecipientKind, State string
		About                    struct{ ID string }
	}
}

// subscribe opens a subscription and answers its events. It is open when
// subscribe returns.
func (i *installation) subscribe(token, query string) <-chan event {
	i.t.Helper()
	r, err := i.request(i.t.Context(), token, query, nil)
	if err != nil {
		i.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		i.t.Fatal(err)
	}
	i.t.Cleanup(func() { response.Body.Close() })
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		text, _ := io.ReadAll(response.Body)
		i.t.Fatalf("subscribing: %s %s", response.Status, text)
	}
	events := make(chan event, 1000)
	go func() {
		defer close(events)
		lines := bufio.NewScanner(response.Body)
		for lines.Scan() {
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			if !ok || data == "" {
				continue
			}
			var next struct{ Data map[string]event }
			if json.Unmarshal([]byte(data), &next) != nil {
				continue
			}
			for _, e := range next.Data {
				events <- e
			}
		}
	}()
	return events
}

// patience is longer than the lease of what a killed dispatcher was sending.
const patience = 100 * time.Second

// await reads events until one satisfies want.
func await(t *testing.T, events <-chan event, what string, want func(event) bool) event {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case e, open := <-events:
			if !open {
				t.Fatalf("the stream ended before %s", what)
			}
			if want(e) {
				return e
			}
		case <-deadline:
			t.Fatalf("no %s within %v", what, patience)
		}
	}
}
