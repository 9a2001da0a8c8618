package build

import "context"

// assemblyscript builds with asc, with what asconfig.json says.
// https://www.assemblyscript.org/compiler.html
type assemblyscript struct{}

func (assemblyscript) build(ctx context.Context, r Request, output, _ string) error {
	asc, err := findASC(r.Source)
	if err != nil {
		return err
	}
	return r.compile(ctx, r.Source, nil, asc, "--config", "asconfig.json", "--target", "release", "--outFile", output)
}

func (assemblyscript) sources(context.Context, Request) ([]string, error) { return nil, nil }

func (assemblyscript) version(ctx context.Context, r Request) (string, error) {
	asc, err := findASC(r.Source)
	if err != nil {
		return "", err
	}
	return r.ask(ctx, asc, "--version")
}

// findASC finds the compiler: the one of the project, or of a folder above it, as
// Node.js looks for packages, or else the machine's.
func findASC(dir string) (string, error) {
	path, err := inModules(dir, "asc")
	if err == nil {
		return path, nil
	}
	if path, err = program("asc"); err != nil {
		return "", missing("there is no asc, the compiler of AssemblyScript: run npm install in the plugin's folder, or npm install -g assemblyscript; both need Node.js")
	}
	return path, nil
}
