package conformance

import "slices"

// Cases are all cases of the kit.
func Cases() []Case {
	return slices.Concat(wellBehaved(), calls(), state(), wrongModules(), wrongImports(), hostile(), badPointers())
}
