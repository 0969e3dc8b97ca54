import WireFormat

extension HttpReply {
    init(json value: JSONValue) { self.init(body: value.encoded) }

    /// `{"error":"…"}`, as the Open Inference Protocol has it.
    init(code: Int, error: String) {
        self.init(json: .object(JSONObject([.init("error", .string(error))])))
        self.code = code
    }
}
