using System.Globalization;
using System.Security.Cryptography;
using Realtime.Tests.Cli;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.EndToEnd.Terminals;

/// <summary>
/// Tens of megabytes through the built <c>realtime pipe</c>, an edge over TLS and workers that are processes, to
/// viewers of all forms that pause, stall, are cut off and come back at random: each has every byte, and the workers'
/// memory stays flat.
/// </summary>
public sealed class ExactTerminalsTests(ITestOutputHelper output)
{
    private const int MiB = 1024 * 1024;
    private const int ExitCode = 7;
    private const string Task = "build";

    // Without a byte for anybody.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    // What a worker may have more than when all viewers together have seen the source's length once. By arithmetic 13.5
    // MiB: 1 MiB recent_bytes; 8 connections x (32 KiB unsent_bytes + 32 KiB of the batch being sent + 256 KiB of the
    // log's block being read) = 2.5 MiB; 2 bodies of 512 KiB of the tool, in this process and on their way to Redis = 2
    // MiB; 4 MiB of young garbage (WorkerProcess) and as much that has survived it once = 8 MiB. The rest is code that
    // is compiled later, and better, as it gets hot, and what the heap keeps committed: with four times the log a
    // worker grew by 27 MiB up to the first 300 MB seen, and by 3 MiB in the 420 MB that followed. All 30 MB held once
    // would be above the bound.
    private const long GrowthBytesMax = 32 * MiB;

    private static readonly TimeSpan TerminalMax = TimeSpan.FromSeconds(20);

    // A seed reproduces what is written when and the viewers' whims; which byte a cut hits is the machine's.
    private readonly int _seed = int.TryParse(
        Environment.GetEnvironmentVariable("REALTIME_TEST_SEED"), CultureInfo.InvariantCulture, out int given)
        ? given
        : Random.Shared.Next();

    [Fact]
    public async Task A_real_build_log_of_30_MB_over_Redis_and_two_workers()
    {
        byte[] log = (await BuildLog.MakeAsync(30_000_000))[..30_000_000];
        await using RedisServer redis = await RedisServer.StartAsync();
        await using RealtimeSystem system = await StartAsync(workers: 2, redis.Endpoint);
        await RunAsync(system, log, GrowthBytesMax);
    }

    [Fact]
    public async Task Random_bytes_of_10_MB_over_a_worker_with_its_embedded_log()
    {
        await using RealtimeSystem system = await StartAsync(workers: 1, redis: null);
        byte[] bytes = new byte[10_000_000];
        new Random(_seed).NextBytes(bytes);
        await RunAsync(system, bytes, GrowthBytesMax + bytes.Length);
    }

    private static Task<RealtimeSystem> StartAsync(int workers, string? redis) => RealtimeSystem.StartAsync(
        new RealtimeSystemOptions
        {
            Workers = workers,
            AsProcesses = true,
            Redis = redis,

            // Nothing is trimmed: whoever is behind for whatever reason still gets all.
            WorkerSettings = new Dictionary<string, string> { ["event_plane:terminal:retention_bytes"] = "67108864" },
        });

    private async Task RunAsync(RealtimeSystem system, byte[] bytes, long growthBytesMax)
    {
        output.WriteLine($"REALTIME_TEST_SEED={_seed} repeats this run.");
        var source = new PipedSource(bytes);
        string token = system.Token("read:* publish:*");
        var memory = new MemoryWatch(system.Processes, warmAfterBytes: bytes.Length);
        using var stopping = new CancellationTokenSource(Patience);
        var progress = new Progress(6, seen =>
        {
            memory.Told(seen);
            stopping.CancelAfter(Patience);
        });
        RoamingViewer[] viewers =
        [
            Viewer(TestConnection.Json, lz4: false, 1), Viewer(TestConnection.Json, lz4: true, 2),
            Viewer(TestConnection.MessagePack, lz4: false, 3), Viewer(TestConnection.MessagePack, lz4: false, 4),
            Viewer(TestConnection.MessagePack, lz4: true, 5),
        ];
        var sdk = new SdkViewer(system, token, Task, source, progress, _seed + 6);

        var environment = new Dictionary<string, string>
        {
            ["REALTIME_URL"] = system.Edge().GetLeftPart(UriPartial.Authority),
            ["REALTIME_CA"] = system.CertificateFile,
            ["REALTIME_TOKEN"] = token,
        };
        await using CliRun pipe = CliRun.Start(
            environment, "pipe", "--task", Task, "--exit-code", ExitCode.ToString(CultureInfo.InvariantCulture));
        using HttpClient http = system.CreateClient(token);
        await Eventually.TrueAsync(
            "the tool has made the terminal",
            async () => (await http.GetAsync($"v1/tasks/{Task}/terminal")).IsSuccessStatusCode, TerminalMax,
            () => pipe.Errors);
        Task<byte[]>[] watching =
            [.. viewers.Select(viewer => viewer.RunAsync(stopping.Token)), sdk.RunAsync(stopping.Token)];
        Task writing = WriteAsync(pipe.Input, bytes, progress, stopping.Token);
        try
        {
            await foreach (Task done in System.Threading.Tasks.Task.WhenEach([.. watching, writing]))
            {
                await done;
            }
        }
        finally
        {
            output.WriteLine(progress.ToString());
            // The first failure is the one to tell; all others end before the system does.
            await stopping.CancelAsync();
            await System.Threading.Tasks.Task.WhenAll([.. watching, writing])
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (string story in viewers.Select(viewer => viewer.Story).Append(sdk.Story).Append(memory.Story))
            {
                output.WriteLine(story);
            }
        }

        byte[][] seen = await System.Threading.Tasks.Task.WhenAll(watching);
        Assert.All(seen, hash => Assert.Equal(source.Sha256, hash));
        Assert.All(
            viewers.Select(viewer => viewer.ExitCode).Append(sdk.ExitCode), code => Assert.Equal(ExitCode, code));
        Assert.True(await pipe.ExitAsync() == 0, pipe.Errors);
        await AssertAllIsThereForTheLateAsync(environment, http, source);
        memory.AssertFlat(growthBytesMax);

        RoamingViewer Viewer(string subprotocol, bool lz4, int number) =>
            new(system, token, Task, subprotocol, lz4, source, progress, _seed + number);
    }

    // In bursts, each when somebody has seen most of the last one: viewers are now at the live end, now in history.
    private async Task WriteAsync(
        Stream input, ReadOnlyMemory<byte> bytes, Progress progress, CancellationToken stopping)
    {
        var random = new Random(_seed);
        for (int written = 0; written < bytes.Length;)
        {
            int length = Math.Min(
                random.Next(4) switch { 0 => 5_000, 1 => 200_000, _ => 1_500_000 }, bytes.Length - written);
            await input.WriteAsync(bytes.Slice(written, length), stopping);
            await input.FlushAsync(stopping);
            written += length;
            await progress.LeadAsync(Math.Max(0, written - random.Next(500_000))).WaitAsync(stopping);
        }

        input.Close();
    }

    // Who comes after the end gets the same: by the tool, and as a download.
    private static async Task AssertAllIsThereForTheLateAsync(
        Dictionary<string, string> environment, HttpClient http, PipedSource source)
    {
        await using CliRun watch = await CliRun.RunAsync(
            environment, null, "watch", "--task", Task, "--from", "start", "--exit-code");
        Assert.Equal(source.Sha256, SHA256.HashData(watch.OutputBytes));
        Assert.True(watch.ExitCode == ExitCode, watch.Errors);

        using HttpResponseMessage download = await http.GetAsync($"v1/tasks/{Task}/terminal?from=start");
        Assert.Equal(source.Sha256, SHA256.HashData(await download.Content.ReadAsByteArrayAsync()));
        Assert.Equal("7", download.Headers.GetValues("Realtime-Exit-Code").Single());
    }
}
