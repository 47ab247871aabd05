using System.Diagnostics;
using Realtime.Tests.Support;

namespace Realtime.Tests.Edge;

/// <summary>
/// What the build of the edge does about its pages (<c>edge/Pages/Build/build.mjs</c>), with an npm that notes what it
/// was asked for: nothing is fetched.
/// </summary>
public sealed class PagesBuildTests : IDisposable
{
    // Builds by copying `source`; the files `no-network` and `broken` make it fail.
    private const string Npm = """
        #!/bin/bash
        echo "$1 $2" >> ../npm.log
        case "$1 $2" in
          ci*)
            [ ! -f ../no-network ] || { echo 'npm error code ENOTFOUND' >&2; exit 1; }
            mkdir -p node_modules && touch node_modules/.package-lock.json ;;
          'run build')
            [ ! -f ../broken ] || { echo 'main.ts(3,5): error TS2322: wrong'; exit 2; }
            rm -rf dist && mkdir -p dist/assets && cp source dist/index.html && cp source dist/assets/x.js ;;
        esac
        """;

    private static readonly TimeSpan BuildMax = TimeSpan.FromSeconds(20);

    private readonly string _root = Directory.CreateTempSubdirectory("pages-build").FullName;

    public PagesBuildTests()
    {
        Directory.CreateDirectory(PathOf("web"));
        Write("web/package-lock.json", "{}");
        Write("web/source", "first");
        Write("sources", PathOf("web/source") + "\n");
        Write("bin/npm", Npm);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(PathOf("bin/npm"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_clean_tree_is_installed_and_built_and_the_pages_are_copied()
    {
        await BuildAsync(expectedExit: 0);

        Assert.Equal(["ci --include=dev", "run typecheck", "run build"], Asked());
        Assert.Equal("first", File.ReadAllText(PathOf("out/index.html")));
        Assert.Equal(["assets", "index.html"], new DirectoryInfo(PathOf("out")).GetFileSystemInfos()
            .Select(file => file.Name).Order(StringComparer.Ordinal));
        Assert.False(File.Exists(PathOf("lock")));
    }

    [Fact]
    public async Task Without_a_change_npm_is_not_asked_and_with_one_only_for_what_it_needs()
    {
        await BuildAsync(expectedExit: 0);
        File.Delete(PathOf("npm.log"));
        await BuildAsync(expectedExit: 0);
        Assert.Empty(Asked());

        Write("web/source", "second");
        Touch("web/source");
        await BuildAsync(expectedExit: 0);
        Assert.Equal(["run typecheck", "run build"], Asked());
        Assert.Equal("second", File.ReadAllText(PathOf("out/index.html")));

        Touch("web/package-lock.json");
        await BuildAsync(expectedExit: 0);
        Assert.Contains("ci --include=dev", Asked()[2..]);
    }

    [Fact]
    public async Task What_is_wrong_with_the_sources_is_told()
    {
        Write("broken", "");
        string output = await BuildAsync(expectedExit: 1);

        Assert.Contains("main.ts(3,5): error TS2322: wrong", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(PathOf("out")));
        Assert.False(File.Exists(PathOf("lock")));
    }

    [Fact]
    public async Task A_machine_that_cannot_build_them_is_told_apart_and_why()
    {
        Write("no-network", "");
        await BuildAsync(expectedExit: 3);

        Assert.Equal("npm ci failed (code ENOTFOUND)", File.ReadAllText(PathOf("reason")));
    }

    [Fact]
    public async Task Builds_at_once_wait_for_each_other_and_one_does_the_work()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => BuildAsync(expectedExit: 0, output: $"out-{i}")));

        Assert.Equal(["ci --include=dev", "run typecheck", "run build"], Asked());
        Assert.All(Enumerable.Range(0, 4), i => Assert.True(File.Exists(PathOf($"out-{i}/assets/x.js"))));
    }

    [Fact]
    public async Task The_lock_of_a_build_that_was_killed_holds_nobody_up()
    {
        Write("lock", "999999999");
        await BuildAsync(expectedExit: 0);

        Assert.True(File.Exists(PathOf("out/index.html")));
    }

    private string PathOf(string file) => Path.Combine(_root, file);

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        File.WriteAllText(PathOf(file), text);
    }

    // A moment ahead, however coarse the file system's clock is.
    private void Touch(string file) =>
        File.SetLastWriteTimeUtc(PathOf(file), File.GetLastWriteTimeUtc(PathOf(file)).AddMinutes(1));

    private string[] Asked() => File.Exists(PathOf("npm.log")) ? File.ReadAllLines(PathOf("npm.log")) : [];

    private async Task<string> BuildAsync(int expectedExit, string output = "out")
    {
        string script = Path.Combine(Repository.Root, "edge/Pages/Build/build.mjs");
        string[] files = [.. new[] { "web", "sources", output, "lock", "reason" }.Select(PathOf)];
        var start = new ProcessStartInfo("node", [script, .. files])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{PathOf("bin")}:{start.Environment["PATH"]}";
        using Process build = Process.Start(start)!;
        Task<string> errors = build.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(BuildMax);
        await using CancellationTokenRegistration _ =
            patience.Token.Register(() => build.Kill(entireProcessTree: true));
        string told = await build.StandardOutput.ReadToEndAsync() + await errors;
        await build.WaitForExitAsync();
        Assert.True(expectedExit == build.ExitCode, $"Exit code {build.ExitCode}: {told}");
        return told;
    }
}
