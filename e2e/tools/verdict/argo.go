package main

import (
	"context"
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// argoHealth runs a health script as Argo CD does by default: the object is the global obj, the only libraries are Lua's
// base, table and package (no string, no os), the answer is a table, and it has to be there within a second.
func argoHealth(object map[string]any, script string) (*Judgment, error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for _, library := range []struct {
		name string
		open lua.LGFunction
	}{{lua.LoadLibName, lua.OpenPackage}, {lua.BaseLibName, lua.OpenBase}, {lua.TabLibName, lua.OpenTable}} {
		state.Push(state.NewFunction(library.open))
		state.Push(lua.LString(library.name))
		state.Call(1, 0)
	}
	deadline, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	state.SetContext(deadline)
	state.SetGlobal("obj", value(state, object))
	if err := state.DoString(script); err != nil {
		return nil, err
	}
	answer, isTable := state.Get(-1).(*lua.LTable)
	if !isTable {
		return nil, fmt.Errorf("answered with %s, not with a table", state.Get(-1).Type())
	}
	judgment := Judgment{lua.LVAsString(answer.RawGetString("status")), lua.LVAsString(answer.RawGetString("message"))}
	switch judgment.Status {
	case "Healthy", "Progressing", "Degraded", "Suspended":
		return &judgment, nil
	}
	return nil, fmt.Errorf("answered %q, which Argo CD would show as Unknown", judgment.Status)
}

// value is a JSON value as Lua has it; null is nil, and so is what is absent.
func value(state *lua.LState, json any) lua.LValue {
	switch json := json.(type) {
	case bool:
		return lua.LBool(json)
	case int64:
		return lua.LNumber(json)
	case float64:
		return lua.LNumber(json)
	case string:
		return lua.LString(json)
	case []any:
		table := state.CreateTable(len(json), 0)
		for _, item := range json {
			table.Append(value(state, item))
		}
		return table
	case map[string]any:
		table := state.CreateTable(0, len(json))
		for key, item := range json {
			table.RawSetString(key, value(state, item))
		}
		return table
	}
	return lua.LNil
}
