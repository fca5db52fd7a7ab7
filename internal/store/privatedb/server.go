package privatedb

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	_ "github.com/go-sql-driver/mysql" // to ask whether the server answers
)

const (
	// startWithin is how long a server may take until it answers, recovery
	// after a kill included.
	startWithin = time.Minute
	// starts is how often another port is tried: a free one may be taken by
	// others before the server has it.
	starts = 3
)

// ErrNotInstalled says that this machine has no MariaDB.
var ErrNotInstalled = errors.New("MariaDB is not installed (mariadbd, mariadb-install-db)")

// Server is one running server.
type Server struct {
	dir     string
	account string
	port    int
	cmd     *exec.Cmd
	done    chan struct{} // closed when the process has ended
}

// Start starts a server whose files are in the directory, which is made if it
// is not there. The arguments are added to those that every such server gets,
// such as --innodb-buffer-pool-size=256M.
func Start(ctx context.Context, dir string, args ...string) (*Server, error) {
	program, install := find("mariadbd"), find("mariadb-install-db")
	if program == "" || install == "" {
		return nil, ErrNotInstalled
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	s := &Server{dir: dir, account: accountFor(dir)}
	if err := s.install(ctx, install); err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		err := s.start(ctx, program, args)
		if err == nil {
			return s, nil
		}
		if try == starts || ctx.Err() != nil {
			return nil, err
		}
	}
}

// DSN is of an account that may create databases, without a database's name.
func (s *Server) DSN() string { return "root@tcp(127.0.0.1:" + strconv.Itoa(s.port) + ")/" }

// PID is the server's process.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Kill ends the server at once: for data that nobody keeps.
func (s *Server) Kill() {
	s.cmd.Process.Kill() //nolint:errcheck // it may have ended
	<-s.done
}

// Stop ends the server in order, so that it starts quickly the next time.
func (s *Server) Stop(ctx context.Context) error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stopping mariadbd: %w", err)
	}
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		s.Kill()
		return fmt.Errorf("mariadbd did not stop in time: %w", ctx.Err())
	}
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// common are the arguments of both programs.
func (s *Server) common(data string) []string {
	args := []string{"--no-defaults", "--datadir=" + data}
	if s.account != "" {
		args = append(args, "--user="+s.account)
	}
	return args
}

// install makes the data directory if there is none yet. It gets its name when
// it is whole.
func (s *Server) install(ctx context.Context, program string) error {
	if _, err := os.Stat(s.data()); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := give(s.dir, s.account); err != nil {
		return err
	}
	half := s.data() + ".new"
	if err := os.RemoveAll(half); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, append(s.common(half),
		"--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve")...)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("mariadb-install-db: %w\n%s", err, said)
	}
	return os.Rename(half, s.data())
}

// start starts the server on a free port and waits until it answers.
func (s *Server) start(ctx context.Context, program string, more []string) error {
	var err error
	if s.port, err = freePort(); err != nil {
		return err
	}
	log := filepath.Join(s.dir, "log")
	args := append(s.common(s.data()),
		"--socket="+filepath.Join(s.dir, "socket"), "--pid-file="+filepath.Join(s.dir, "pid"), "--log-error="+log,
		"--skip-networking=0", "--bind-address=127.0.0.1", "--port="+strconv.Itoa(s.port),
		"--performance-schema=0", "--max-connections=1000")
	s.cmd = exec.Command(program, append(args, more...)...)
	// The terminal's interrupt is for who started it: they end first.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	done := make(chan struct{})
	s.done = done
	go func(cmd *exec.Cmd) {
		cmd.Wait() //nolint:errcheck // how it ended is of no interest
		close(done)
	}(s.cmd)
	if err := s.await(ctx); err != nil {
		s.Kill()
		said, logErr := os.ReadFile(log)
		return errors.Join(fmt.Errorf("%w\n%s", err, said), logErr)
	}
	return nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("looking for a free port: %w", err)
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

func (s *Server) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	db, err := stdsql.Open("mysql", s.DSN())
	if err != nil {
		return err
	}
	defer db.Close()
	for again := time.NewTicker(50 * time.Millisecond); ; {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-s.done:
			return errors.New("mariadbd has ended by itself")
		case <-ctx.Done():
			return fmt.Errorf("mariadbd does not answer: %w", err)
		case <-again.C:
		}
	}
}
