package bench

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// tick is the unit in which Linux tells processor time, on every architecture
// that Go runs on.
const tick = 10 * time.Millisecond

// cpuOf is the processor time that the process has used so far, all its
// threads together.
func cpuOf(pid int) (time.Duration, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, fmt.Errorf("reading processor time (which needs Linux): %w", err)
	}
	return parseStat(text)
}

// parseStat reads utime and stime of proc(5)'s stat. The command's name stands
// in parentheses and may hold anything, parentheses too.
func parseStat(text []byte) (time.Duration, error) {
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	const utime, stime = 14 - 3, 15 - 3 // the field behind the name is the third
	if len(fields) <= stime {
		return 0, fmt.Errorf("this is no /proc/PID/stat: %q", text)
	}
	user, err := strconv.ParseInt(string(fields[utime]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading utime: %w", err)
	}
	system, err := strconv.ParseInt(string(fields[stime]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading stime: %w", err)
	}
	return time.Duration(user+system) * tick, nil
}

// machineBusy is the processor time that everything on the machine has used.
func machineBusy() (time.Duration, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	return parseBusy(text)
}

// parseBusy reads the first line of proc(5)'s stat of the machine: user, nice,
// system, idle, iowait, irq, softirq …; what is guest is in user already.
func parseBusy(text []byte) (time.Duration, error) {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	fields := bytes.Fields(line)
	if len(fields) < 8 || string(fields[0]) != "cpu" {
		return 0, fmt.Errorf("this is no /proc/stat: %q", line)
	}
	var sum int64
	for _, i := range []int{1, 2, 3, 6, 7} {
		n, err := strconv.ParseInt(string(fields[i]), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("reading /proc/stat: %w", err)
		}
		sum += n
	}
	return time.Duration(sum) * tick, nil
}

// usage is how much processor time was used at one moment.
type usage struct{ server, database, generator, machine time.Duration }

func usageOf(server, database int) (u usage, err error) {
	if u.server, err = cpuOf(server); err != nil {
		return u, err
	}
	if u.database, err = cpuOf(database); err != nil {
		return u, err
	}
	if u.generator, err = cpuOf(os.Getpid()); err != nil {
		return u, err
	}
	u.machine, err = machineBusy()
	return u, err
}

func (u usage) since(before usage) usage {
	return usage{u.server - before.server, u.database - before.database, u.generator - before.generator, u.machine - before.machine}
}

// others is what none of ours has used.
func (u usage) others() time.Duration {
	return max(0, u.machine-u.server-u.database-u.generator)
}
