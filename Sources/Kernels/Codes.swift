import CKernels

// What the kernels call things.

extension Activation {
    var code: Int32 {
        switch self {
        case .relu: Int32(CK_RELU)
        case .leakyReLU: Int32(CK_LEAKY_RELU)
        case .tanh: Int32(CK_TANH)
        case .sigmoid: Int32(CK_SIGMOID)
        }
    }
}

extension Loss {
    var code: Int32 {
        switch self {
        case .logistic: Int32(CK_LOGISTIC)
        case .crossEntropy: Int32(CK_CROSS_ENTROPY)
        case .squared: Int32(CK_SQUARED)
        case .absolute: Int32(CK_ABSOLUTE)
        case .huber: Int32(CK_HUBER)
        }
    }
}

extension StepSettings {
    /// The settings without bias corrections.
    var encoded: ck_settings {
        var result = unsafe ck_settings()
        unsafe result.activation = activation.code
        unsafe result.loss = loss.code
        unsafe result.rate = learningRate
        unsafe result.weightDecay = weightDecay
        unsafe result.clip = gradientClip
        switch rule {
        case .sgd:
            unsafe result.rule = Int32(CK_SGD)
        case .momentum(let momentum):
            unsafe result.rule = Int32(CK_MOMENTUM)
            unsafe result.beta1 = momentum
        case .nesterov(let momentum):
            unsafe result.rule = Int32(CK_NESTEROV)
            unsafe result.beta1 = momentum
        case .adagrad(let epsilon):
            unsafe result.rule = Int32(CK_ADAGRAD)
            unsafe result.epsilon = epsilon
        case .rmsprop(let decay, let epsilon):
            unsafe result.rule = Int32(CK_RMSPROP)
            unsafe result.beta2 = decay
            unsafe result.epsilon = epsilon
        case .adam(let beta1, let beta2, let epsilon):
            unsafe result.rule = Int32(CK_ADAM)
            unsafe result.beta1 = beta1
            unsafe result.beta2 = beta2
            unsafe result.epsilon = epsilon
        }
        return unsafe result
    }
}
