// Command gen generates graph/generated, the models and the resolvers' stubs
// as gqlgen does, and puts the functions of package inline into the place of
// two of gqlgen's. It is run by go generate ./graph.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"log"
	"os"
	"path/filepath"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"
)

const imported = `"github.com/99designs/gqlgen/graphql"`

var replaced = map[string]string{
	"graphql.MarshalSliceConcurrently(": "inline.MarshalSlice(",
	"graphql.NewDeferredGroup(":         "inline.NoDeferredGroup(",
}

func main() {
	log.SetFlags(0)
	c, err := config.LoadConfigFromDefaultLocations() // goes to where gqlgen.yml is
	if err != nil {
		log.Fatal("reading gqlgen.yml: ", err)
	}
	if err := api.Generate(c); err != nil {
		log.Fatal("gqlgen: ", err)
	}
	if err := replace(c.Exec.DirName); err != nil {
		log.Fatal(err)
	}
}

// replace changes the generated files. That a name is found nowhere is an
// error: then a new gqlgen calls it differently, and nothing would be replaced.
func replace(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	found := map[string]bool{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		now := text
		for from, to := range replaced {
			if bytes.Contains(now, []byte(from)) {
				found[from] = true
				now = bytes.ReplaceAll(now, []byte(from), []byte(to))
			}
		}
		if bytes.Equal(now, text) {
			continue
		}
		now = bytes.Replace(now, []byte(imported), []byte(imported+"\n\t\"github.com/service-tracking/sts/graph/inline\""), 1)
		if now, err = format.Source(now); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(name, now, 0o644); err != nil {
			return err
		}
	}
	if len(found) != len(replaced) {
		return errors.New("gqlgen no longer generates a function that package inline stands in for")
	}
	return nil
}
