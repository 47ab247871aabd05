using System.Diagnostics;
using Realtime.Protocol.Compression;
using Xunit.Abstractions;

namespace Realtime.Tests.Protocol.Compression;

/// <summary>Blocks between ours and the <c>lz4</c> command-line tool, both ways.</summary>
public sealed class Lz4ToolTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Sources => Lz4BlockTests.Sources;

    public static TheoryData<string, int> SourcesAndLevels
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (string name in new[] { "one", "text", "zeros", "program", "far" })
            {
                cases.Add(name, 1);
                cases.Add(name, 12);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task The_tool_reads_what_we_compress(string name)
    {
        byte[] source = Lz4Sources.Of(name);
        byte[] block = new byte[Lz4Block.CompressedLengthMax(source.Length)];
        Array.Resize(ref block, Lz4Block.Compress(source, block));
        Assert.Equal(source, await RunAsync(["-d", "-c"], Lz4Frame.Of(block)));
    }

    [Fact]
    public async Task The_tool_reads_random_batches_of_ours()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        byte[][] batches = [.. Enumerable.Range(0, 300).Select(_ => Lz4Sources.Random(random, 32_768))];
        IEnumerable<byte[]> blocks = batches.Select(batch =>
        {
            byte[] block = new byte[Lz4Block.CompressedLengthMax(batch.Length)];
            return block[..Lz4Block.Compress(batch, block)];
        });
        byte[] expected = [.. batches.SelectMany(batch => batch)];
        Assert.Equal(expected, await RunAsync(["-d", "-c"], Lz4Frame.Of(blocks)));
    }

    [Theory]
    [MemberData(nameof(SourcesAndLevels))]
    public async Task We_read_what_the_tool_compresses(string name, int level)
    {
        byte[] source = Lz4Sources.Of(name);
        byte[] frame = await RunAsync(["-c", $"-{level}", "-B7", .. Lz4Frame.ToolOptions], source);
        (byte[] bytes, int compressed) = Lz4Frame.Read(frame, source.Length);
        Assert.Equal(source, bytes);
        Assert.Equal(name == "one", compressed == 0);
    }

    private static async Task<byte[]> RunAsync(string[] arguments, byte[] input)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        using var tool = new Process();
        tool.StartInfo = new ProcessStartInfo("lz4", [.. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        tool.Start();
        using var result = new MemoryStream();
        Task read = tool.StandardOutput.BaseStream.CopyToAsync(result, patience.Token);
        Task<string> errors = tool.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await tool.StandardInput.BaseStream.WriteAsync(input, patience.Token);
            tool.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended early; its errors say why.
        }

        await read;
        await tool.WaitForExitAsync(patience.Token);
        Assert.True(tool.ExitCode == 0, await errors);
        return result.ToArray();
    }
}
