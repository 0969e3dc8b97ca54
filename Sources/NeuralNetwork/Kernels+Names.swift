import Kernels

// What a user of networks needs from the kernels, so that one import is enough.

public typealias Activation = Kernels.Activation
public typealias KernelLevel = Kernels.KernelLevel
public typealias Loss = Kernels.Loss
public typealias ParameterPosition = Kernels.ParameterPosition
public typealias StepOutcome = Kernels.StepOutcome
public typealias Workspace = Kernels.Workspace
