package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/service-tracking/sts/internal/store/privatedb"
)

const (
	// memory is where Linux keeps files in memory.
	memory = "/dev/shm"
	// room is what must be free there.
	room = 2 << 30
)

// database is a server for one run. Nothing in it is worth keeping.
type database struct {
	*privatedb.Server
	dir string
}

func startDatabase(ctx context.Context) (*database, error) {
	dir, err := os.MkdirTemp(where(), "sts-test-mariadb-")
	if err != nil {
		return nil, err
	}
	server, err := privatedb.Start(ctx, dir,
		"--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0",
		"--innodb-buffer-pool-size=256M", "--innodb-log-file-size=64M")
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &database{server, dir}, nil
}

// where is the directory to make the server's in: in memory if there is room.
func where() string {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(memory, &fs); err == nil && uint64(fs.Bavail)*uint64(fs.Bsize) >= room && syscall.Access(memory, 2) == nil {
		return memory
	}
	return os.TempDir()
}

// remove ends the server and removes all that it has written.
func (d *database) remove() {
	d.Kill()
	if err := os.RemoveAll(d.dir); err != nil {
		fmt.Fprintln(os.Stderr, "testrun: removing the test database:", err)
	}
}
