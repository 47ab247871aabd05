using System.Diagnostics;
using Realtime.Tests.Support;

namespace Realtime.Tests.Architecture;

/// <summary>
/// What <c>tests/audit.sh</c> makes of what registries tell, with a <c>dotnet</c>, <c>npm</c> and <c>curl</c> that tell
/// what the test wants.
/// </summary>
public sealed class PackageAuditTests : IDisposable
{
    private const string Asked = """echo '{"resources":[{"@type":"VulnerabilityInfo/6.7.0"}]}'""";
    private const string NotAsked = """echo '{"resources":[{"@type":"PackageBaseAddress/3.0.0"}]}'""";
    private const string NpmClean = """{"vulnerabilities":{},"metadata":{"vulnerabilities":{"high":0,"critical":0}}}""";
    private const string NpmAway = """{"message":"405 Method Not Allowed","statusCode":405}""";
    private const string NuGetClean = """{"projects":[{"path":"a.csproj"}]}""";

    private readonly DirectoryInfo _programs = Directory.CreateTempSubdirectory("audit-");

    public void Dispose() => _programs.Delete(recursive: true);

    [Fact]
    public async Task Where_nothing_is_known_of_the_packages_it_passes()
    {
        (int code, string said) = await RunAsync(Asked, NuGetClean, NpmClean);

        Assert.True(code == 0, said);
        Assert.DoesNotContain("NOT ASKED", said, StringComparison.Ordinal);
        Assert.Contains("NuGet: asked.", said, StringComparison.Ordinal);
        Assert.Contains("npm: edge/web asked.", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_could_not_be_asked_is_said_and_does_not_fail()
    {
        // The list would say that it found nothing: nobody may take that for an answer.
        (int code, string said) = await RunAsync(NotAsked, NuGetClean, NpmAway);

        Assert.True(code == 0, said);
        Assert.Contains("NOT ASKED: NuGet", said, StringComparison.Ordinal);
        Assert.Contains("NOT ASKED: npm", said, StringComparison.Ordinal);
        Assert.DoesNotMatch("(NuGet:|npm: .*) asked", said);
    }

    [Theory]
    [InlineData("High", 1)]
    [InlineData("Critical", 1)]
    [InlineData("Moderate", 0)]
    public async Task A_package_of_NuGet_that_is_known_to_be_bad_fails_it(string severity, int expected)
    {
        string list = """{"projects":[{"path":"a.csproj","frameworks":[{"framework":"net10.0","transitivePackages":["""
            + """{"id":"Bad","resolvedVersion":"1.0.0","vulnerabilities":[{"severity":"SEVERITY","advisoryurl":"u"}]}"""
            + "]}]}]}";
        (int code, string said) = await RunAsync(
            Asked, list.Replace("SEVERITY", severity, StringComparison.Ordinal), NpmClean);

        Assert.True(code == expected, said);
        Assert.Contains($"NuGet: Bad 1.0.0: {severity}, u", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("high", 1)]
    [InlineData("critical", 1)]
    [InlineData("moderate", 0)]
    public async Task A_package_of_npm_that_is_known_to_be_bad_fails_it(string severity, int expected)
    {
        string report = """{"vulnerabilities":{"bad":{"range":"<2","severity":"SEVERITY"}},"""
            + """ "metadata":{"vulnerabilities":{"SEVERITY":1}}}""";
        (int code, string said) = await RunAsync(
            Asked, NuGetClean, report.Replace("SEVERITY", severity, StringComparison.Ordinal));

        Assert.True(code == expected, said);
        Assert.Contains($"bad <2: {severity}", said, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Said)> RunAsync(string curl, string nuget, string npm)
    {
        Write("curl", curl);
        Write(
            "dotnet",
            $"""
            if [ "$1" = nuget ]; then echo 'E https://registry.example.org/v3/index.json'; exit 0; fi
            echo '{nuget}'
            """);
        Write("npm", $"echo '{npm}'");
        var start = new ProcessStartInfo("bash", [Path.Combine(Repository.Root, "tests", "audit.sh")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{_programs.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string said = await process.StandardOutput.ReadToEndAsync() + await errors;
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }

    private void Write(string program, string body)
    {
        string path = Path.Combine(_programs.FullName, program);
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
