import Features
import Foundation
import Service
import Storage

import struct WireFormat.JSONObject
import enum WireFormat.JSONValue

/// What is in a file, member by member.
enum Inspection {
    /// A file that is none of Osier's.
    struct Unknown: Error, CustomStringConvertible {
        let description =
            "is neither a storage directory nor a journal, a safetensors or an ONNX file"
    }

    /// - Throws: What is wrong with the file, in one line.
    static func object(of file: String) throws -> JSONObject {
        let type = try? FileManager.default.attributesOfItem(
            atPath: URL(fileURLWithPath: file).resolvingSymlinksInPath().path)[.type]
        if type as? FileAttributeType == .typeDirectory { return try journal(in: file) }
        if type != nil, (file as NSString).lastPathComponent == "journal.db" {
            let directory = (file as NSString).deletingLastPathComponent
            return try journal(in: directory.isEmpty ? "." : directory)
        }
        let bytes = try WholeFile.bytes(file)
        if bytes.starts(with: Array("SQLite format 3".utf8)) {
            throw StorageError.unavailable(
                path: file, reason: "a journal is called journal.db and has its log beside it")
        }
        // The length of a header, then the header's brace.
        if bytes.count > 8, bytes[8] == UInt8(ascii: "{") || bytes[4..<8].allSatisfy({ $0 == 0 }) {
            return try tensors(SafeTensors(bytes: bytes), byteCount: bytes.count)
        }
        do {
            return try onnx(ONNXSummary(bytes: bytes), byteCount: bytes.count)
        } catch {
            if file.hasSuffix(".onnx") { throw error }
            if file.hasSuffix(".safetensors") { _ = try SafeTensors(bytes: bytes) }
            throw Unknown()
        }
    }

    // MARK: Models

    private static func tensors(_ file: SafeTensors, byteCount: Int) throws -> JSONObject {
        var object = JSONObject([.init("kind", .string("safetensors"))])
        object["bytes"] = .integer(Int64(byteCount))
        add(file.metadata, to: &object)
        object["tensors"] = .array(
            file.tensors.map { tensor in
                .object(
                    JSONObject([
                        .init("name", .string(tensor.name)),
                        .init("dtype", .string(tensor.type.rawValue)),
                        .init("shape", shape(tensor.shape)),
                    ]))
            })
        return object
    }

    private static func onnx(_ file: ONNXSummary, byteCount: Int) -> JSONObject {
        var object = JSONObject([.init("kind", .string("onnx"))])
        object["bytes"] = .integer(Int64(byteCount))
        object["ir_version"] = .integer(Int64(file.formatVersion))
        object["producer"] = .string(file.producer)
        object["producer_version"] = .string(file.producerVersion)
        object["operator_sets"] = .array(
            file.operatorSets.map { set in
                .object(
                    JSONObject([
                        .init("domain", .string(set.domain)),
                        .init("version", .integer(Int64(set.version))),
                    ]))
            })
        object["graph_inputs"] = .array(file.inputs.map(JSONValue.string))
        object["graph_outputs"] = .array(file.outputs.map(JSONValue.string))
        object["operators"] = .array(file.operators.map(JSONValue.string))
        add(file.metadata, to: &object)
        object["tensors"] = .array(
            file.constants.map { tensor in
                .object(
                    JSONObject([
                        .init("name", .string(tensor.name)), .init("shape", shape(tensor.shape)),
                    ]))
            })
        return object
    }

    private static func shape(_ sizes: [Int]) -> JSONValue {
        .array(sizes.map { .integer(Int64($0)) })
    }

    /// Osier's own metadata under their short names, as the JSON that they are; others as text.
    private static func add(_ metadata: [SafeTensors.Entry], to object: inout JSONObject) {
        var others = JSONObject()
        for entry in metadata {
            if entry.key == "osier.version" {
                object["version"] = .string(entry.value)
            } else if entry.key.hasPrefix("osier."),
                let value = try? JSONValue(parsing: Array(entry.value.utf8))
            {
                object[String(entry.key.dropFirst("osier.".count))] = value
            } else {
                others[entry.key] = .string(entry.value)
            }
        }
        if !others.members.isEmpty { object["metadata"] = .object(others) }
    }

    // MARK: Journals

    private static func journal(in directory: String) throws -> JSONObject {
        let summary = try JournalSummary(directory: directory)
        var object = JSONObject([.init("kind", .string("journal"))])
        object["bytes"] = .integer(Int64(summary.fileByteCount))
        object["format"] = .integer(Int64(summary.formatVersion))
        object["version"] = .string(summary.writer)
        object["first_offset"] = .integer(Int64(summary.firstOffset))
        object["last_offset"] = .integer(Int64(summary.lastOffset))
        object["groups"] = .integer(Int64(summary.groupCount))
        object["state_digests"] = .integer(Int64(summary.stateDigestCount))
        object["watermark"] = summary.watermark.map { .integer(Int64($0)) } ?? .null
        // Opened anew: the summary has let go of the directory.
        let damage = try JournalReader(directory: directory).damage
        object["damage"] = damage.map { .string("\($0)") } ?? .null
        object["checkpoints"] = .array(
            summary.checkpoints.map { checkpoint in
                .object(
                    JSONObject([
                        .init("offset", .integer(Int64(checkpoint.offset))),
                        .init("samples", .integer(Int64(checkpoint.samples))),
                        .init("structure", .integer(Int64(checkpoint.structure))),
                        .init("bytes", .integer(Int64(checkpoint.byteCount))),
                    ]))
            })
        object["damaged_checkpoints"] = shape(summary.damagedCheckpoints)
        object["producers"] = .array(
            summary.producers.map { mark in
                .object(
                    JSONObject([
                        .init("producer", .string(mark.producer)),
                        .init("last_seq", .integer(Int64(mark.sequence))),
                        .init("offset", .integer(Int64(mark.offset))),
                    ]))
            })
        if let newest = summary.checkpoints.first {
            object["model"] = try model(in: directory, at: newest.offset)
        }
        return object
    }

    /// The model of a checkpoint.
    private static func model(in directory: String, at offset: Int) throws -> JSONValue {
        let reader = try JournalReader(directory: directory)
        let rebuild: ModelRebuild
        let checkpoint = try reader.checkpoint(at: offset).checkpoint
        do throws(RebuildError) {
            rebuild = try ModelRebuild(checkpoint: checkpoint)
        } catch {
            return .string("\(error)")
        }
        let report = rebuild.learner.report()
        var object = JSONObject([.init("offset", .integer(Int64(offset)))])
        object["task"] = .string(report.task?.rawValue ?? "auto")
        object["samples"] = .integer(Int64(report.counts.learned))
        object["structure"] = .integer(Int64(report.counts.structure))
        object["features"] = .integer(Int64(report.featureCount))
        object["hidden"] = shape(report.hiddenWidths)
        object["parameters"] = .integer(Int64(report.model?.parameterCount ?? 0))
        object["digest"] = .string("\(rebuild.digest)")
        object["kernels"] = .string(rebuild.kernels)
        object["settings"] = .array(rebuild.settings.map(JSONValue.string))
        return .object(object)
    }
}
