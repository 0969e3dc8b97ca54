import ArgumentParser
import CommandSupport
import Foundation
import Storage

import struct WireFormat.JSONObject
import enum WireFormat.JSONValue

/// `osier inspect`: what is in a file of Osier's.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Tell what is in a storage directory, a journal or a model file.")

    @Argument(
        help: "A storage directory or its journal.db (with the checkpoints), safetensors, or onnx.")
    var file: String

    @Flag(help: "Print everything as JSON.")
    var json = false

    func run() throws {
        let object: JSONObject
        do {
            object = try Inspection.object(of: file)
        } catch {
            StandardError.write("osier: \(file): \(error)")
            throw ExitStatus.failure
        }
        if json {
            print(String(decoding: JSONValue.object(object).encoded, as: UTF8.self))
        } else {
            for line in Self.lines(.object(object), name: "") { print(line) }
        }
        if case .string(let damage)? = object["damage"] {
            StandardError.write("osier: \(file): \(damage)")
            throw ExitStatus.failure
        }
    }

    /// One line per value; a list of many parts has a line for each.
    private static func lines(_ value: JSONValue, name: String) -> [String] {
        switch value {
        case .object(let object):
            return object.members.flatMap { member in
                lines(member.value, name: name.isEmpty ? member.key : "\(name).\(member.key)")
            }
        case .array(let elements) where elements.contains { $0.object != nil }:
            return elements.map { "\(name.printable): \(words($0))" }
        default:
            return ["\(name.printable): \(words(value))"]
        }
    }

    private static func words(_ value: JSONValue) -> String {
        switch value {
        case .null: Figures.absent
        case .string(let text): text.printable
        case .integer(let integer): Figures.count(Int(integer))
        case .number(let number): Figures.short(number)
        case .boolean(let boolean): "\(boolean)"
        case .array(let elements): "[" + elements.map(words).joined(separator: ", ") + "]"
        case .object(let object):
            object.members.map { "\($0.key.printable) \(words($0.value))" }.joined(separator: ", ")
        }
    }
}
