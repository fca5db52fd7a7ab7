package privatedb

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
)

// find looks also where distributions put what only root looks for.
func find(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin"} {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path
		}
	}
	return ""
}

// accountFor is the account that the server runs as, "" for our own. Started by
// root it refuses to run as root without being told so; it is told so only
// where no other account could reach the directory.
func accountFor(dir string) string {
	if os.Getuid() != 0 {
		return ""
	}
	if _, err := user.Lookup("mysql"); err != nil || !open(filepath.Dir(dir)) {
		return "root"
	}
	return "mysql"
}

// open tells whether every account can pass through the directory.
func open(dir string) bool {
	dir, err := filepath.Abs(dir)
	for ; err == nil; dir = filepath.Dir(dir) {
		info, statErr := os.Stat(dir)
		if statErr != nil || info.Mode()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
	return false
}

// give makes the directory the account's own.
func give(dir, account string) error {
	if account == "" || account == "root" {
		return nil
	}
	u, err := user.Lookup(account)
	if err != nil {
		return err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return err
	}
	return os.Chown(dir, uid, -1)
}
