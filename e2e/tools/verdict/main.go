// verdict says what other software takes objects for: kstatus (Flux, kpt, Argo Workflows) and Argo CD with a health script.
//
//	verdict HEALTH.LUA < objects, one JSON document a line
//
// It answers with a line for each: {"kstatus": {"status": …, "message": …}, "argoCd": {"status": …, "message": …}}.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

// Judgment is one program's word and its explanation.
type Judgment struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

// Verdict is what both say of one object.
type Verdict struct {
	Kstatus Judgment `json:"kstatus"`
	ArgoCD  Judgment `json:"argoCd"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "verdict:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 2 {
		return fmt.Errorf("needs one argument, the health script")
	}
	script, err := os.ReadFile(os.Args[1])
	if err != nil {
		return err
	}
	lines := bufio.NewReader(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF && len(line) == 0 {
			return nil
		}
		if err != nil && err != io.EOF {
			return err
		}
		verdict, err := judge(line, string(script))
		if err != nil {
			return err
		}
		if err := answers.Encode(verdict); err != nil {
			return err
		}
	}
}

func judge(document []byte, script string) (*Verdict, error) {
	var object unstructured.Unstructured
	if err := object.UnmarshalJSON(document); err != nil { // whole numbers become int64, as from an API server
		return nil, err
	}
	computed, err := status.Compute(&object)
	if err != nil {
		return nil, fmt.Errorf("kstatus: %w", err)
	}
	health, err := argoHealth(object.Object, script)
	if err != nil {
		return nil, fmt.Errorf("the health script: %w", err)
	}
	return &Verdict{Kstatus: Judgment{computed.Status.String(), computed.Message}, ArgoCD: *health}, nil
}
