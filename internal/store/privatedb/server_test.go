package privatedb_test

import (
	stdsql "database/sql"
	"errors"
	"path/filepath"
	"testing"

	"github.com/service-tracking/sts/internal/store/privatedb"
)

func TestDataOutliveTheServer(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kept")
	for run := range 2 {
		s, err := privatedb.Start(t.Context(), dir, "--innodb-buffer-pool-size=32M", "--innodb-log-file-size=16M")
		if errors.Is(err, privatedb.ErrNotInstalled) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		db, err := stdsql.Open("mysql", s.DSN())
		if err != nil {
			t.Fatal(err)
		}
		if run == 0 {
			_, err = db.ExecContext(t.Context(), "CREATE DATABASE kept")
		} else {
			_, err = db.ExecContext(t.Context(), "USE kept")
		}
		if err != nil {
			t.Error(err)
		}
		if err := errors.Join(db.Close(), s.Stop(t.Context())); err != nil {
			t.Error(err)
		}
	}
}
