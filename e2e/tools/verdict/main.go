// verdict says what other software takes objects for: kstatus (kpt, Argo Workflows, Flux by default), Argo CD with a health
// script, and Flux with the health checks of a Kustomization.
//
//	verdict HEALTH.LUA KUSTOMIZATION.YAML < objects, one JSON document a line
//
// It answers with a line for each: {"kstatus": {"status": …, "message": …}, "argoCd": {…}, "flux": {…}}.
//
//	verdict flux FILE
//
// It fails if the file has a kind or field that Flux has not.
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

// Verdict is what all of them say of one object.
type Verdict struct {
	Kstatus Judgment `json:"kstatus"`
	ArgoCD  Judgment `json:"argoCd"`
	Flux    Judgment `json:"flux"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "verdict:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 3 {
		return fmt.Errorf("needs two arguments, Argo CD's health script and Flux's Kustomization")
	}
	if os.Args[1] == "flux" {
		file, err := os.ReadFile(os.Args[2])
		if err != nil {
			return err
		}
		return fluxKinds(file)
	}
	script, err := os.ReadFile(os.Args[1])
	if err != nil {
		return err
	}
	kustomization, err := os.ReadFile(os.Args[2])
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
		verdict, err := judge(line, string(script), kustomization)
		if err != nil {
			return err
		}
		if err := answers.Encode(verdict); err != nil {
			return err
		}
	}
}

func judge(document []byte, script string, kustomization []byte) (*Verdict, error) {
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
	flux, err := fluxJudgment(&object, kustomization)
	if err != nil {
		return nil, fmt.Errorf("Flux: %w", err)
	}
	return &Verdict{Kstatus: Judgment{computed.Status.String(), computed.Message}, ArgoCD: *health, Flux: *flux}, nil
}
