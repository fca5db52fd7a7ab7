package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

const (
	readyWithin = 30 * time.Second
	endWithin   = 20 * time.Second
)

// side is one of the two servers that are compared: a process of its own, so
// that its processor time can be told from ours.
type side struct {
	name    string
	address string
	ask     map[string]template // by the question's name
	cmd     *exec.Cmd
	done    chan struct{}
}

func (s *side) pid() int { return s.cmd.Process.Pid }

// startSide starts this program again. Everything that it needs to know of the
// benchmark stands in its arguments; the database's URL in its environment.
func (o Options) startSide(ctx context.Context, name, dir, url string, args ...string) (_ *side, err error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &side{name: name, address: "127.0.0.1:" + strconv.Itoa(port), ask: map[string]template{}, done: make(chan struct{})}
	said, err := os.Create(filepath.Join(dir, name+".log"))
	if err != nil {
		return nil, err
	}
	defer said.Close() //nolint:errcheck // the process has its own
	s.cmd = exec.Command(o.Program, append(args, "--listen", s.address, "--data", dir, "--memory-mib", strconv.Itoa(o.MemoryMiB))...)
	s.cmd.Env = append(os.Environ(), "STS_DATABASE="+url)
	s.cmd.Stdout, s.cmd.Stderr = said, said
	// The terminal's interrupt is for us: we stop them in order.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	go func() {
		s.cmd.Wait() //nolint:errcheck // what went wrong stands in its log
		close(s.done)
	}()
	if err := s.await(ctx); err != nil {
		s.stop()
		log, logErr := os.ReadFile(said.Name())
		return nil, errors.Join(fmt.Errorf("%s: %w\n%s", name, err, log), logErr)
	}
	return s, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("looking for a free port: %w", err)
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

func (s *side) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for again := time.NewTicker(50 * time.Millisecond); ; {
		if s.ready(ctx) {
			return nil
		}
		select {
		case <-s.done:
			return errors.New("it has ended by itself")
		case <-ctx.Done():
			return fmt.Errorf("it does not get ready: %w", ctx.Err())
		case <-again.C:
		}
	}
}

func (s *side) ready(ctx context.Context) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address+"/readyz", nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	answer.Body.Close() //nolint:errcheck // only its status counts
	return answer.StatusCode == http.StatusOK
}

func (s *side) stop() {
	s.cmd.Process.Signal(syscall.SIGTERM) //nolint:errcheck // it may have ended
	select {
	case <-s.done:
	case <-time.After(endWithin):
		s.cmd.Process.Kill() //nolint:errcheck // it may have ended
		<-s.done
	}
}
