// Command newmigration writes the next migration of both dialects: what the
// entities in ent/schema have that the migrations so far have not. It needs an
// empty MariaDB database of its own:
//
//	STS_TEST_MYSQL='root@tcp(127.0.0.1:3307)/' go run ./internal/store/newmigration NAME
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: newmigration NAME")
	}
	ctx := context.Background()
	stamp := time.Now().UTC().Format("20060102150405")
	scratch, err := os.MkdirTemp("", "sts-migration-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(scratch)
	mysql, drop, err := storetest.NewMySQL(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer drop()
	for dialect, url := range map[string]string{"sqlite": "sqlite:" + filepath.Join(scratch, "sts.db"), "mysql": mysql} {
		missing, err := diff(ctx, url)
		if err != nil {
			log.Fatal(err)
		}
		if strings.TrimSpace(missing) == "" {
			fmt.Println(dialect + ": nothing to do")
			continue
		}
		name := filepath.Join("internal", "store", "migrations", dialect, stamp+"_"+os.Args[1]+".sql")
		if err := os.WriteFile(name, []byte("-- +goose Up\n"+missing), 0o644); err != nil {
			log.Fatal(err)
		}
		fmt.Println(name)
	}
}

// diff answers the statements that would bring a freshly migrated database to
// the entities.
func diff(ctx context.Context, url string) (string, error) {
	s, err := store.Open(ctx, store.Options{URL: url})
	if err != nil {
		return "", err
	}
	defer s.Close()
	if _, err := s.Migrate(ctx); err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = s.WriteMissing(ctx, &b)
	return b.String(), err
}
