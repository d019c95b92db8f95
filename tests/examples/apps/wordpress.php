<?php
/**
 * Stand-ins for the functions of WordPress that the example plugin calls: one request of a site,
 * as `php wordpress.php PLUGIN STATE ACT JSON`. Options, transients and the cron table are in the
 * file STATE. What they do is what the plugin relies on, and no more; this is not WordPress.
 */

error_reporting( E_ALL );
set_error_handler( function ( $level, $message, $file, $line ) {
	if ( error_reporting() & $level ) {
		throw new ErrorException( $message, 0, $level, $file, $line );
	}
} );
define( 'ABSPATH', __DIR__ . '/' );
define( 'DAY_IN_SECONDS', 86400 );

list( , $plugin, $state_file, $act, $said ) = $argv;
$state  = json_decode( file_get_contents( $state_file ), true );
$said   = json_decode( $said, true );
$wired  = array( 'actions' => array(), 'shortcodes' => array(), 'blocks' => array(), 'hooks' => array(), 'fields' => array() );

// Hooks.
function add_action( $name, $do ) { global $wired; $wired['actions'][ $name ][] = $do; }
function add_filter( $name, $do ) { add_action( $name, $do ); }
function do_action( $name, ...$given ) {
	global $wired, $state;
	$state['told'][] = array( $name, ...$given );
	foreach ( $wired['actions'][ $name ] ?? array() as $do ) { $do( ...$given ); }
}
function apply_filters( $name, $value ) {
	global $wired;
	foreach ( $wired['actions'][ $name ] ?? array() as $do ) { $value = $do( $value ); }
	return $value;
}
function register_deactivation_hook( $file, $do ) { global $wired; $wired['hooks']['deactivate'] = $do; }
function register_uninstall_hook( $file, $do ) { global $wired; $wired['hooks']['uninstall'] = $do; }
function add_shortcode( $name, $do ) { global $wired; $wired['shortcodes'][ $name ] = $do; }
function register_block_type( $name, $facts ) { global $wired; $wired['blocks'][ $name ] = $facts; }
function wp_register_style() {}
function wp_register_script() {}
function wp_add_inline_script() {}
function wp_enqueue_style( $name ) { global $state; $state['styles'][] = $name; }

// Options, transients, cron.
function get_option( $name, $else = false ) { global $state; return $state['options'][ $name ] ?? $else; }
function update_option( $name, $value ) { global $state; $state['options'][ $name ] = $value; }
function delete_option( $name ) { global $state; unset( $state['options'][ $name ] ); }
function get_transient( $name ) {
	global $state;
	$found = $state['transients'][ $name ] ?? null;
	return $found && $found['until'] > time() ? $found['value'] : false;
}
function set_transient( $name, $value, $seconds ) {
	global $state;
	$state['transients'][ $name ] = array( 'value' => $value, 'until' => time() + $seconds );
}
function delete_transient( $name ) { global $state; unset( $state['transients'][ $name ] ); }
function wp_next_scheduled( $name ) { global $state; return $state['cron'][ $name ]['at'] ?? false; }
function wp_schedule_event( $at, $often, $name ) {
	global $state;
	$state['cron'][ $name ] = array( 'at' => $at, 'every' => apply_filters( 'cron_schedules', array() )[ $often ]['interval'] );
}
function wp_clear_scheduled_hook( $name ) { global $state; unset( $state['cron'][ $name ] ); }

class Wpdb {
	public $options = 'wp_options';
	public function esc_like( $text ) { return addcslashes( $text, '_%\\' ); }
	public function prepare( $query, $like ) { return array( $query, stripslashes( rtrim( $like, '%' ) ) ); }
	public function get_col( $prepared ) {
		global $state;
		return array_values( array_filter( array_keys( $state['options'] ), fn( $name ) => 0 === strpos( $name, $prepared[1] ) ) );
	}
}
$wpdb = new Wpdb();

// HTTP: as WordPress without curl, which takes a body that breaks off for a whole one.
class WP_Error {}
function is_wp_error( $found ) { return $found instanceof WP_Error; }
function wp_remote_get( $url, $wanted ) {
	$lines = array();
	foreach ( $wanted['headers'] as $name => $value ) { $lines[] = "$name: $value"; }
	$http = array( 'timeout' => $wanted['timeout'], 'ignore_errors' => true, 'header' => $lines );
	$body = @file_get_contents( $url, false, stream_context_create( array( 'http' => $http ) ), 0, $wanted['limit_response_size'] );
	if ( false === $body || empty( $http_response_header ) ) { return new WP_Error(); }
	$answer = array( 'body' => $body, 'headers' => array() );
	foreach ( $http_response_header as $line ) {
		if ( preg_match( '~^HTTP/\S+ (\d+)~', $line, $found ) ) {
			$answer = array( 'body' => $body, 'status' => (int) $found[1], 'headers' => array() );
		} elseif ( strpos( $line, ':' ) ) {
			list( $name, $value ) = explode( ':', $line, 2 );
			$answer['headers'][ strtolower( $name ) ] = trim( $value );
		}
	}
	return $answer;
}
function wp_remote_retrieve_header( $answer, $name ) { return $answer['headers'][ $name ] ?? ''; }
function wp_remote_retrieve_response_code( $answer ) { return $answer['status']; }
function wp_remote_retrieve_body( $answer ) { return $answer['body']; }

// What goes out: elements and attributes that are not allowed are dropped; so are those that the
// state names as dropped by somebody else's filter.
function wp_kses( $html, $allowed ) {
	global $state;
	foreach ( $state['kses_drops'] ?? array() as $name ) { unset( $allowed[ $name ] ); }
	return preg_replace_callback( '~<(/?)([a-z0-9-]+)([^>]*)>~', function ( $tag ) use ( $allowed ) {
		if ( ! isset( $allowed[ $tag[2] ] ) ) { return ''; }
		preg_match_all( '~([a-z-]+)(?:="([^"]*)")?~', $tag[3], $pairs, PREG_SET_ORDER );
		$kept = array_filter( $pairs, fn( $pair ) => isset( $allowed[ $tag[2] ][ $pair[1] ] )
			|| ( 0 === strpos( $pair[1], 'data-' ) && isset( $allowed[ $tag[2] ]['data-*'] ) ) );
		return "<$tag[1]$tag[2]" . implode( '', array_map( fn( $pair ) => " $pair[0]", $kept ) ) . '>';
	}, $html );
}
function wp_strip_all_tags( $html ) { return trim( strip_tags( preg_replace( '~<(script|style)[^>]*>.*?</\\1>~si', '', $html ) ) ); }
function esc_html( $text ) { return htmlspecialchars( $text, ENT_QUOTES ); }
function esc_attr( $text ) { return esc_html( $text ); }
function esc_url( $url ) { return preg_match( '~^(https?|tel|sms|mailto):~', $url ) ? esc_html( $url ) : ''; }
function esc_url_raw( $url, $protocols ) { return preg_match( '~^(' . implode( '|', $protocols ) . '):~', $url ) ? $url : ''; }
function sanitize_text_field( $text ) { return trim( strip_tags( $text ) ); }
function untrailingslashit( $text ) { return rtrim( $text, '/' ); }
function current_user_can() { global $said; return ! empty( $said['is_editor'] ); }

function is_singular() { return true; }
function get_post() { global $said; return (object) array( 'post_content' => $said['content'] ); }

// The page of settings.
function register_setting( $group, $name, $facts ) { global $wired; $wired['sanitize'] = $facts['sanitize_callback']; }
function add_settings_section() {}
function add_settings_field( $id, $label, $do, $page, $section, $given ) { global $wired; $wired['fields'][] = array( $label, $do, $given ); }
function add_options_page( $title, $label, $needs, $slug, $do ) { global $wired; $wired['page'] = array( $needs, $do ); }
function settings_fields( $group ) {}
function do_settings_sections( $page ) {
	global $wired;
	foreach ( $wired['fields'] as list( $label, $do, $given ) ) { echo esc_html( $label ); $do( $given ); }
}
function submit_button() { echo '<button>Save</button>'; }

require $plugin;
do_action( 'init' );
$acts = array(
	'shortcode'  => fn() => print $wired['shortcodes']['caveat']( $said ),
	'block'      => fn() => print $wired['blocks']['caveat/article']['render_callback']( $said ),
	'cron'       => fn() => do_action( 'caveat_follow' ),
	'robots'     => fn() => print json_encode( apply_filters( 'wp_robots', array( 'max-image-preview' => 'large' ) ) ),
	'deactivate' => fn() => $wired['hooks']['deactivate'](),
	'uninstall'  => fn() => $wired['hooks']['uninstall'](),
	'settings'   => function () {
		global $wired;
		do_action( 'admin_init' );
		do_action( 'admin_menu' );
		echo $wired['page'][0], "\n";
		$wired['page'][1]();
	},
	'save'       => function () {
		global $wired, $said;
		do_action( 'admin_init' );
		update_option( 'caveat_settings', $wired['sanitize']( $said ) );
	},
);
$acts[ $act ]();
file_put_contents( $state_file, json_encode( $state ) );
