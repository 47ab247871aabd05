using System.Text;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cli;

/// <summary>A token file that is replaced while the tool runs: it goes on with the new token.</summary>
public sealed class TokenFileTests(SharedSystem shared) : IClassFixture<SharedSystem>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CliScene _scene = CliScene.On(shared);
    private readonly string _directory = Directory.CreateTempSubdirectory("token-file").FullName;

    private string TokenFile => Path.Combine(_directory, "token");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _scene.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    // Workers warn a minute before a token ends; the new one is shown on the connection that stays.
    [Fact]
    public async Task On_the_same_connection_before_the_old_one_ends()
    {
        TimeSpan life = TimeSpan.FromSeconds(20);
        DateTimeOffset ends = TimeProvider.System.GetUtcNow() + life;
        Put(_scene.Token(lifetime: life));
        await using CliRun run = await WatchAsync();
        string session = Assert.Single(await _scene.SessionsAsync());

        Put(_scene.Token());
        await Eventually.TrueAsync(
            "the old token has ended", () => TimeProvider.System.GetUtcNow() > ends.AddSeconds(2), Patience);

        await GoesOnAsync(run);
        Assert.Equal([session], await _scene.SessionsAsync());
    }

    [Fact]
    public async Task On_another_connection_when_the_old_one_was_revoked()
    {
        Put(_scene.Token(subject: "leaver"));
        await using CliRun run = await WatchAsync();
        string session = Assert.Single(await _scene.SessionsAsync());

        Put(_scene.Token(subject: "stayer"));
        await _scene.RevokeAsync("leaver");

        await Eventually.TrueAsync(
            "it is there again", async () => await _scene.SessionsAsync() is [var other] && other != session, Patience,
            () => run.Errors);
        await GoesOnAsync(run);
        Assert.Contains("its token is not good any more", run.Errors);
        Assert.Contains("4401 token_revoked", run.Errors);
        Assert.DoesNotContain("made anew", run.Errors);
    }

    private async Task<CliRun> WatchAsync()
    {
        _scene.Environment.Remove("REALTIME_TOKEN");
        await AppendAsync("begun");
        CliRun run = _scene.Start("watch", "--task", "t", "--token-file", TokenFile);
        await Eventually.TrueAsync("it watches", () => run.Output == "begun", Patience, () => run.Errors);
        return run;
    }

    private async Task GoesOnAsync(CliRun run)
    {
        await AppendAsync(", gone on");
        await Eventually.TrueAsync(
            "it goes on", () => run.Output == "begun, gone on", Patience, () => $"{run.Output} / {run.Errors}");
    }

    private async Task AppendAsync(string text)
    {
        using HttpClient client = _scene.CreateClient();
        using var bytes = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        bytes.Headers.ContentType = new("application/octet-stream");
        using HttpResponseMessage answer = await client.PostAsync("v1/tasks/t/terminal", bytes);
        answer.EnsureSuccessStatusCode();
    }

    // As whoever renews tokens should: one that is written in place may be read half.
    private void Put(string token)
    {
        File.WriteAllText(TokenFile + ".new", token + "\n");
        File.Move(TokenFile + ".new", TokenFile, overwrite: true);
    }
}
