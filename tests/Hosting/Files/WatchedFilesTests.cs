using System.Text;
using Microsoft.Extensions.Logging;
using Realtime.Hosting.Files;
using Realtime.Tests.Edge;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting.Files;

/// <summary>Content is taken up when it changes, and what is of no use leaves the last good one in its place.</summary>
public sealed class WatchedFilesTests : IDisposable
{
    private const string Count = "realtime_watched_file_changes_total file=a_file,outcome=";

    private readonly string _directory = Directory.CreateTempSubdirectory("watched").FullName;
    private readonly ManualClock _clock = new();
    private readonly Counted _counted = new();
    private readonly CapturedLogs _logs = new();
    private readonly ILoggerFactory _loggers;
    private readonly WatchedFiles _files;

    public WatchedFilesTests()
    {
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(_logs).SetMinimumLevel(LogLevel.Trace));
        _files = new WatchedFiles(
            _clock, new WatchedFileMetrics(_counted.Meters), _loggers.CreateLogger<WatchedFiles>());
    }

    public void Dispose()
    {
        _files.Dispose();
        _loggers.Dispose();
        _counted.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void A_change_is_in_use_within_ten_seconds()
    {
        string path = Write("one", "good 1");
        WatchedFile<string> file = Watch(path);
        Assert.Equal("good 1", file.Current);

        Write("one", "good 2");
        _clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal("good 1", file.Current);
        _clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal("good 2", file.Current);
        Assert.Equal(1, _counted[Count + "taken"]);
        Write("one", "good 3");
        _clock.Advance(WatchedFiles.Interval);
        Assert.Equal("good 3", file.Current);
    }

    [Theory]
    [InlineData("bad: secret")]
    [InlineData("no form: secret")]
    [InlineData("not foreseen: secret")]
    public void What_is_of_no_use_leaves_the_last_good_content_and_is_told_once_without_quoting_it(string bad)
    {
        string path = Write("one", "good 1");
        WatchedFile<string> file = Watch(path);

        Write("one", bad);
        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("good 1", file.Current);
        Assert.Equal(1, _counted[Count + "refused"]);
        string line = Assert.Single(_logs.Lines);
        Assert.Contains("a_file", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);

        Write("one", bad + " too");
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, _counted[Count + "refused"]);
        Write("one", "good 1");
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("good 1", file.Current);
        Assert.Equal(1, _counted[Count + "taken"]);
    }

    [Fact]
    public void A_file_that_goes_or_grows_beyond_measure_leaves_its_last_content()
    {
        string path = Write("one", "good 1");
        WatchedFile<string> file = Watch(path);

        File.Delete(path);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("good 1", file.Current);
        Assert.Equal(1, _counted[Count + "unreadable"]);

        Write("one", new string('g', WatchedFiles.FileBytesMax + 1));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("good 1", file.Current);
        Assert.Equal(1, _counted[Count + "unreadable"]);
        Assert.Single(_logs.Lines);

        Write("one", "good 2");
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("good 2", file.Current);
    }

    [Fact]
    public void Links_are_followed_as_orchestrators_swap_them()
    {
        Write("data-1", "good 1");
        Write("data-2", "good 2");
        string link = Path.Combine(_directory, "link");
        File.CreateSymbolicLink(link, "data-1");
        WatchedFile<string> file = Watch(link);

        string next = Path.Combine(_directory, "next");
        File.CreateSymbolicLink(next, "data-2");
        File.Move(next, link, overwrite: true);
        _clock.Advance(WatchedFiles.Interval);

        Assert.Equal("good 2", file.Current);
    }

    [Fact]
    public void Files_that_belong_together_are_read_together()
    {
        string one = Write("one", "good 1");
        string two = Write("two", "x");
        WatchedFile<string> file = Watch(one, two);
        Assert.Equal("good 1x", file.Current);

        // The same bytes, in another file.
        Write("one", "good ");
        Write("two", "1x");
        _clock.Advance(WatchedFiles.Interval);

        Assert.Equal(1, _counted[Count + "taken"]);
        Assert.Equal("good 1x", file.Current);
    }

    [Fact]
    public void A_start_with_what_is_of_no_use_fails()
    {
        Assert.Throws<BadFileException>(() => Watch(Write("one", "bad")));
        Assert.Throws<FileNotFoundException>(() => Watch(Path.Combine(_directory, "nowhere")));
    }

    [Fact]
    public void Nothing_is_looked_at_any_more_once_it_is_disposed()
    {
        WatchedFile<string> file = Watch(Write("one", "good 1"));
        Write("one", "good 2");
        _files.Dispose();
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("good 1", file.Current);
        Assert.Empty(_clock.Waits);
    }

    private WatchedFile<string> Watch(params string[] paths) => _files.Watch("a_file", paths, contents =>
    {
        string text = string.Concat(contents.Select(Encoding.UTF8.GetString));
        return text.StartsWith("bad", StringComparison.Ordinal) ? throw new BadFileException("must be good")
            : text.StartsWith("no form", StringComparison.Ordinal) ? throw new FormatException(text)
            : text.StartsWith("not foreseen", StringComparison.Ordinal) ? throw new NotSupportedException(text)
            : text;
    });

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
        return path;
    }
}
