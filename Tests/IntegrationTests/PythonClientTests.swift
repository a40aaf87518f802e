import Support
import Testing

extension IntegrationTests {
    @Suite struct PythonClientTests {
        @Test("The generated Python client holds against the real control plane: Clients/python/tests/live.py")
        func live() async throws {
            try await Site.run(nodes: 2) { site in
                let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
                let script = try ChildProcess(
                    name: "python", executable: "/usr/bin/env",
                    arguments: ["python3", "-W", "error", root + "/Clients/python/tests/live.py"],
                    environment: [
                        "PYTHONPATH": root + "/Clients/python/src", "PYTHONDONTWRITEBYTECODE": "1",
                        "METACHAT_CONTROL_URL": site.controlURL, "METACHAT_ADMIN_TOKEN": site.adminToken,
                    ], log: site.folder + "/python.log")
                let end = try await script.ended(within: .seconds(180))
                #expect(end == .code(0), "\(script.output)")
                #expect(script.output.hasSuffix("all is as promised\n"), "\(script.output)")
                // What the script did is known to the nodes, and nothing of what it planted is told.
                for program in [site.control, site.node(0), site.node(1)] {
                    #expect(program.isRunning && !program.output.contains("planted-py"))
                }
            }
        }
    }
}
