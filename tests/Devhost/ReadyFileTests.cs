using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Realtime.Hosting.Identity;
using Realtime.Tests.Support;

namespace Realtime.Tests.Devhost;

/// <summary>The ready file of DESIGN.md section 14: scripts drive the product by it.</summary>
public sealed class ReadyFileTests(DevhostFixture fixture) : IClassFixture<DevhostFixture>
{
    private readonly DevhostProcess _devhost = fixture.Devhost;

    [Fact]
    public void It_has_the_fields_of_the_contract()
    {
        JsonElement ready = _devhost.Ready;

        Assert.Matches(@"^https://[^/]+:\d+$", ready.GetProperty("edge").GetString());
        Assert.Matches(@"^https?://[^/]+:\d+$", ready.GetProperty("admin").GetString());
        Assert.NotEqual(ready.GetProperty("edge").GetString(), ready.GetProperty("admin").GetString());
        Assert.NotEmpty(ready.GetProperty("admin_token").GetString()!);
        Assert.True(ready.GetProperty("signing_key").GetString()!.Length >= 32);
        Assert.True(File.Exists(ready.GetProperty("ca").GetString()));
        Assert.Equal([_devhost.Pid], ready.GetProperty("processes").EnumerateArray().Select(pid => pid.GetInt32()));
    }

    [Fact]
    public void It_lists_every_worker_with_an_address_of_its_own()
    {
        JsonElement[] workers = [.. _devhost.Ready.GetProperty("workers").EnumerateArray()];
        string[] addresses = [.. workers.Select(worker => worker.GetProperty("address").GetString()!)];

        Assert.Equal(["worker-1", "worker-2"], workers.Select(worker => worker.GetProperty("id").GetString()));
        Assert.Equal(2, addresses.Distinct().Count());
        Assert.All(addresses, address => Assert.Matches(@"^http://127\.0\.0\.1:\d+$", address));
        Assert.All(workers, worker => Assert.Equal(_devhost.Pid, worker.GetProperty("pid").GetInt32()));
    }

    [Fact]
    public void It_and_the_key_of_the_certificate_are_for_the_owner_only()
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead
            | UnixFileMode.OtherWrite;
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Assert.Equal(default, File.GetUnixFileMode(_devhost.ReadyFile) & Others);
        Assert.Equal(default, File.GetUnixFileMode(Path.ChangeExtension(_devhost.Ca, ".key")) & Others);
    }

    [Fact]
    public async Task Its_tokens_may_do_what_their_names_say()
    {
        using HttpClient publisher = _devhost.CreateClient(_devhost.Publisher);
        using HttpClient viewer = _devhost.CreateClient(_devhost.Viewer);
        using HttpClient nobody = _devhost.CreateClient();
        var published = new { channel = "system", type = "test.tokens", payload = new { } };

        Assert.Equal(HttpStatusCode.Accepted, (await publisher.PostAsJsonAsync("v1/events", published)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsJsonAsync("v1/events", published)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.PostAsJsonAsync("v1/events", published)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await viewer.GetAsync("v1/events")).StatusCode);
    }

    [Fact]
    public async Task A_token_made_with_its_signing_key_is_accepted()
    {
        var minter = new TokenMinter(_devhost.Ready.GetProperty("signing_key").GetString()!, TimeProvider.System);
        using HttpClient mine = _devhost.CreateClient(minter.Mint("other", "me", "read:*", TimeSpan.FromMinutes(1)));

        Assert.Equal(HttpStatusCode.OK, (await mine.GetAsync("v1/agents")).StatusCode);
    }

    [Fact]
    public async Task What_goes_in_through_one_worker_comes_out_of_all()
    {
        using HttpClient publisher = _devhost.CreateClient(_devhost.Publisher);
        using HttpClient viewer = _devhost.CreateClient(_devhost.Viewer);

        for (int i = 0; i < 10; i++)
        {
            var published = new { channel = "agents", type = "test.shared", agent = "a1", payload = new { i } };
            (await publisher.PostAsJsonAsync("v1/events", published)).EnsureSuccessStatusCode();
            await Eventually.TrueAsync("the event can be read", async () =>
                (await viewer.GetStringAsync("v1/events?types=test.shared&limit=100")).Contains($"{{\"i\":{i}}}"));
        }
    }

    [Fact]
    public void The_banner_says_what_a_newcomer_needs()
    {
        string banner = _devhost.Output;

        Assert.Contains(_devhost.Edge, banner);
        Assert.Contains(_devhost.Ca, banner);
        Assert.Contains(_devhost.Viewer, banner);
        Assert.Contains("NOT durable", banner);
        Assert.Contains("curl --cacert", banner);
        Assert.Contains("wscat", banner);
    }
}
