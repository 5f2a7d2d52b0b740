//go:build tools

// Package tools names the commands that the local cluster builds from github.com/kedacore/keda.
package tools

import (
	_ "github.com/kedacore/keda/v2/cmd/adapter"
	_ "github.com/kedacore/keda/v2/cmd/operator"
)
