package orderfile

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// simulatorDir makes the test binary a simulator and nothing else.
const simulatorDir = "STS_TEST_SIMULATOR_DIR"

// beSimulator runs a simulator until it is killed.
func beSimulator(dir string) error {
	s, err := Start(context.Background(), SimulatorOptions{Dir: dir, PlainNumbers: true, Log: quiet})
	if err != nil {
		return err
	}
	fmt.Println(s.Addr())
	select {}
}

// mortal is a simulator in a process of its own.
type mortal struct {
	t   *testing.T
	dir string

	mu      sync.Mutex
	process *exec.Cmd
	addr    string
}

func (m *mortal) start() {
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), simulatorDir+"="+m.dir)
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		m.t.Error(err)
		return
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		m.t.Error(err)
	}
	m.process, m.addr = command, strings.TrimSpace(line)
}

func (m *mortal) kill() {
	if err := m.process.Process.Kill(); err != nil {
		m.t.Error(err)
	}
	_ = m.process.Wait() // it says that it was killed
}

func (m *mortal) dial(ctx context.Context) (net.Conn, error) {
	m.mu.Lock()
	addr := m.addr
	m.mu.Unlock()
	return new(net.Dialer).DialContext(ctx, "tcp", addr)
}

// kill -9 of the switch, again and again under load: every record of both
// files is still changed exactly once.
func TestKilledSimulatorDoublesNothing(t *testing.T) {
	m := &mortal{t: t, dir: t.TempDir()}
	m.start()
	t.Cleanup(m.kill)
	d := newDesk(t, m.dial, time.Second)
	const orders, hands, kills = 120, 8, 12
	work := make(chan Update)
	var all sync.WaitGroup
	for range hands {
		all.Go(func() {
			for u := range work {
				if _, err := deliver(t.Context(), d.client, u, time.Millisecond); err != nil {
					t.Errorf("%s: %v", u.RecordNumber, err)
				}
			}
		})
	}
	for i := range orders {
		work <- service(fmt.Sprint("H", i))
		if i%(orders/kills) == orders/kills-1 {
			m.mu.Lock()
			m.kill()
			m.start()
			m.mu.Unlock()
		}
	}
	close(work)
	all.Wait()
	for _, file := range []File{StateFile, NationalFile} {
		times := map[string]int{}
		for _, c := range changes(t, m.dir, file) {
			times[c.RecordNumber]++
		}
		for i := range orders {
			if n := times[fmt.Sprint("H", i)]; n != 1 {
				t.Errorf("%s: H%d was changed %d times", file, i, n)
			}
		}
	}
}
