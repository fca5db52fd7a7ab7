package backup

import (
	"bytes"
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// tools are the engine's own, the newer name first.
var tools = map[string][]string{
	"dump": {"mariadb-dump", "mysqldump"},
	"load": {"mariadb", "mysql"},
}

// dumpOptions make one snapshot without holding anybody up, bytes as digits, and
// nothing that belongs to the server rather than to the database.
var dumpOptions = []string{
	"--single-transaction", "--quick", "--skip-lock-tables", "--hex-blob", "--no-tablespaces",
	"--skip-add-drop-table", "--default-character-set=utf8mb4",
}

// client is how the engine's tools reach the database.
type client struct {
	db      string
	tls     bool
	options []string // beside the password
	secrets string   // an option file with the password
}

// connect reads the DSN for the tools. The password goes by a file that its
// owner alone can read, never on a command line, where everybody can.
func connect(dsn string) (c *client, done func() error, err error) {
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, nil, errors.New("the mysql: database URL cannot be read; it looks like mysql:user:password@tcp(host:3306)/database")
	}
	c = &client{db: config.DBName, options: []string{"--user=" + config.User}}
	switch config.Net {
	case "unix":
		c.options = append(c.options, "--socket="+config.Addr)
	default:
		host, port, err := net.SplitHostPort(config.Addr)
		if err != nil {
			return nil, nil, fmt.Errorf("the database's address: %w", err)
		}
		c.options = append(c.options, "--host="+host, "--port="+port, "--protocol=TCP")
	}
	c.tls = config.TLSConfig != "" && config.TLSConfig != "false"
	dir, err := os.MkdirTemp("", "sts-backup-")
	if err != nil {
		return nil, nil, fmt.Errorf("making a place for the password: %w", err)
	}
	c.secrets = filepath.Join(dir, "client.cnf")
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(config.Passwd)
	if err := os.WriteFile(c.secrets, []byte("[client]\npassword=\""+quoted+"\"\n"), 0o600); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("keeping the password: %w", err), os.RemoveAll(dir))
	}
	return c, func() error { return os.RemoveAll(dir) }, nil
}

// command makes the command, and the line that shows it, in which the password
// is asked for.
func (c *client) command(ctx context.Context, what string, options ...string) (cmd *exec.Cmd, line string, err error) {
	for _, name := range tools[what] {
		if _, err := exec.LookPath(name); err != nil {
			continue
		}
		args := slices.Concat(c.options, c.dialect(name, what), options)
		cmd := exec.CommandContext(ctx, name, slices.Concat([]string{"--defaults-extra-file=" + c.secrets}, args, []string{c.db})...)
		return cmd, strings.Join(slices.Concat([]string{name}, args, []string{"--password", c.db}), " "), nil
	}
	return nil, "", fmt.Errorf("this needs the engine's own tool: install %s (Debian: mariadb-client)", strings.Join(tools[what], " or "))
}

// dialect are the options that the two families of tools spell differently.
func (c *client) dialect(tool, what string) (options []string) {
	if strings.HasPrefix(tool, "mariadb") {
		if c.tls {
			return []string{"--ssl"}
		}
		return []string{"--skip-ssl"}
	}
	if c.tls {
		options = append(options, "--ssl-mode=REQUIRED")
	}
	if what == "dump" {
		options = append(options, "--set-gtid-purged=OFF")
	}
	return options
}

// run runs it, and answers what it said if it failed.
func run(cmd *exec.Cmd) error {
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, bytes.TrimSpace(said.Bytes()))
	}
	return nil
}

func dump(ctx context.Context, dsn, half string, shown func(string)) (err error) {
	c, done, err := connect(dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	cmd, line, err := c.command(ctx, "dump", dumpOptions...)
	if err != nil {
		return err
	}
	shown(line)
	out, err := os.OpenFile(half, os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("writing the dump: %w", err)
	}
	cmd.Stdout = out
	if err := errors.Join(run(cmd), out.Close()); err != nil {
		return err
	}
	return completed(half)
}

// completed tells whether the dump ends as a whole one does.
func completed(half string) (err error) {
	f, err := os.Open(half)
	if err != nil {
		return fmt.Errorf("checking the dump: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	end := make([]byte, 200)
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("checking the dump: %w", err)
	}
	n, err := f.ReadAt(end, max(0, info.Size()-int64(len(end))))
	if n == 0 {
		return fmt.Errorf("the dump is empty: %w", err)
	}
	if !bytes.Contains(end[:n], []byte("-- Dump completed")) {
		return errors.New("the dump has no end: it was cut off")
	}
	return nil
}

// load reads the dump into the database, which must have no table.
func load(ctx context.Context, dsn, file string, shown func(string)) (err error) {
	if err := completed(file); err != nil {
		return err
	}
	if err := empty(ctx, dsn); err != nil {
		return err
	}
	c, done, err := connect(dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	cmd, line, err := c.command(ctx, "load", "--default-character-set=utf8mb4")
	if err != nil {
		return err
	}
	shown(line + " < " + file)
	in, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("opening the backup: %w", err)
	}
	cmd.Stdin = in
	if err := errors.Join(run(cmd), in.Close()); err != nil {
		return fmt.Errorf("the database may hold a part of it now; drop it, make it anew, and restore again: %w", err)
	}
	return nil
}

func empty(ctx context.Context, dsn string) (err error) {
	db, err := stdsql.Open("mysql", dsn)
	if err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var tables int
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()").Scan(&tables); err != nil {
		return fmt.Errorf("looking for tables: %w", err)
	}
	if tables > 0 {
		return fmt.Errorf("a database with tables %w: make an empty one, and restore into that", ErrThere)
	}
	return nil
}
